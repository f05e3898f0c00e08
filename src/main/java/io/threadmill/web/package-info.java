/**
 * All of HTTP: the jobs' routes ({@code web.job}), who may call ({@code web.access}), problem
 * documents and their pages, and what the service says as it starts. It may use every room; no room
 * uses it.
 */
@NullMarked
package io.threadmill.web;

import org.jspecify.annotations.NullMarked;
