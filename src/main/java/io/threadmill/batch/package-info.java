/**
 * Many jobs from one shape: templates, which keep it under a name, and batches. Entry types: {@link
 * io.threadmill.batch.Templates} and, for what both do, {@link io.threadmill.batch.MergePatch}.
 * Uses {@code job} only.
 */
@NullMarked
package io.threadmill.batch;

import org.jspecify.annotations.NullMarked;
