package io.threadmill.scrape;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a schema found in a page.
 *
 * @param values one key per field of the schema, always
 * @param report what went wrong on the way: {@code {path, code, value}}, code one of TYPE,
 *     REQUIRED, LIMIT
 * @param missingRequired the first required field without a value, as a path, or null
 */
record Extraction(ObjectNode values, ArrayNode report, @Nullable String missingRequired) {}
