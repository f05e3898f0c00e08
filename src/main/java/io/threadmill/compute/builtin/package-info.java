/**
 * The functions that come with the service, written against the public types of {@code compute}.
 */
@NullMarked
package io.threadmill.compute.builtin;

import org.jspecify.annotations.NullMarked;
