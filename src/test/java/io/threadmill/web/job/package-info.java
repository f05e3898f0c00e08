/** Tests of the routes under {@code /v1/jobs} with a store that they play themselves. */
@NullMarked
package io.threadmill.web.job;

import org.jspecify.annotations.NullMarked;
