package io.threadmill.compute;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The params of {@code type: "compute"}; absent members are null.
 *
 * @param function the function's name
 * @param input what it computes with; an empty object where absent
 * @param isolation {@code thread} or {@code process}; the function's own default where absent
 */
record ComputeParams(
    @Nullable String function, @Nullable JsonNode input, @Nullable String isolation) {}
