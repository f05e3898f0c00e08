package io.threadmill.compute;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import tools.jackson.databind.JsonNode;

/**
 * What a function says of itself, in the form clients read.
 *
 * @param isolation where it runs when a job does not say
 * @param mediaType of its result
 */
@JsonPropertyOrder({
  "name",
  "version",
  "description",
  "isolation",
  "mediaType",
  "inputSchema",
  "outputSchema",
  "example"
})
public record FunctionDescription(
    String name,
    int version,
    String description,
    Isolation isolation,
    String mediaType,
    JsonNode inputSchema,
    JsonNode outputSchema,
    JsonNode example) {}
