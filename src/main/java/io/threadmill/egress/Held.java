package io.threadmill.egress;

import java.time.Duration;

/**
 * A gate said that a redirect has to wait; nothing of that hop was dialled.
 *
 * @param until how long from now it makes no sense to ask again
 */
public record Held(Duration until) implements FetchOutcome {}
