/**
 * A small shop to try scraping on: the same pages on every start, and next to them pages that are
 * slow, fail, redirect or lie about their charset. Uses nothing else of ours, and is on only where
 * {@link io.threadmill.demo.OnDemo} says so.
 */
@NullMarked
package io.threadmill.demo;

import org.jspecify.annotations.NullMarked;
