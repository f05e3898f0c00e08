/**
 * The vocabulary of jobs: ids, specifications, states and their one transition table, what a
 * handler implements, what listeners hear, and the ports behind which the store stands. Entry
 * types: {@link io.threadmill.job.Jobs} for those who submit, {@link io.threadmill.job.JobHandler}
 * for those who execute. Uses nothing else of ours.
 */
@NullMarked
package io.threadmill.job;

import org.jspecify.annotations.NullMarked;
