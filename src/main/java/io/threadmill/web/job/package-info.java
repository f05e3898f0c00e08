/** The routes under {@code /v1/jobs} and the JSON of a job. */
@NullMarked
package io.threadmill.web.job;

import org.jspecify.annotations.NullMarked;
