package io.threadmill.egress;

/** How a fetch ended. Immutable. */
public sealed interface FetchOutcome permits Fetched, Failed, Held {}
