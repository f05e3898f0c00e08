/**
 * The rehearse job: it waits, works and fails as told, through the whole pipeline, so that clients,
 * pools and failure handling can be tried without a site or a computation. Uses {@code job} alone.
 */
@NullMarked
package io.threadmill.rehearse;

import org.jspecify.annotations.NullMarked;
