/**
 * What happens to jobs, as it happens: the event log's one reader on this instance and those who
 * wait for or follow a job. Entry type: {@link io.threadmill.events.JobEvents}.
 */
@NullMarked
package io.threadmill.events;

import org.jspecify.annotations.NullMarked;
