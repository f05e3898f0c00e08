/** What scrapers may rely on in the demo shop. */
@NullMarked
package io.threadmill.demo;

import org.jspecify.annotations.NullMarked;
