/** The routes of many jobs at once: templates. */
@NullMarked
package io.threadmill.web.batch;

import org.jspecify.annotations.NullMarked;
