package io.threadmill.rehearse;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a rehearsal does. Everything may be left out.
 *
 * @param waiting how long it blocks, as on I/O
 * @param cpu how long it keeps a core busy, after the wait
 * @param pool {@code scrape} or {@code compute}
 * @param isolation {@code thread} or {@code process}
 * @param result echoed when it succeeds
 * @param error how an attempt ends, by the names of {@link RehearsedError}
 * @param failAttempts how many attempts fail; every one where only {@code error} is given
 */
record RehearseParams(
    @JsonProperty("wait") @Nullable Duration waiting,
    @Nullable Duration cpu,
    @Nullable String pool,
    @Nullable String isolation,
    @Nullable JsonNode result,
    @Nullable String error,
    @Nullable Integer failAttempts) {}
