/**
 * The HTTP contract as the service shows it: OpenAPI 3.1 at {@code /v3/api-docs} and the same as a
 * page at {@code /docs}. Its source is {@code resources/openapi/*.json}, a part for each area;
 * {@code OpenApiDocument} puts them together.
 */
@NullMarked
package io.threadmill.web.openapi;

import org.jspecify.annotations.NullMarked;
