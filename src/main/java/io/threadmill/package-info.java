/**
 * Threadmill: a job-execution service. Every package below is one feature; {@code
 * docs/architecture.md} shows which may use which.
 */
@NullMarked
package io.threadmill;

import org.jspecify.annotations.NullMarked;
