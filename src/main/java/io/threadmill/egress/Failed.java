package io.threadmill.egress;

/**
 * No response was had.
 *
 * @param reason what went wrong, for programs
 * @param detail what went wrong, for people: safe to show, it never names a resolved address. After
 *     a gate's refusal it is {@code code: detail} of that refusal
 * @param retryable whether the same request may well succeed later
 */
public record Failed(FetchFailure reason, String detail, boolean retryable)
    implements FetchOutcome {}
