/**
 * Answers that are used again: the maps that all instances share, a small copy of them in this JVM,
 * and the decision whether a stored answer may be used. Entry type: {@link
 * io.threadmill.cache.Caches}. What an entry means is its owner's business: {@code scrape} keeps
 * responses, {@code compute} results. The store behind is {@link io.threadmill.cache.CacheStore}.
 */
@NullMarked
package io.threadmill.cache;

import org.jspecify.annotations.NullMarked;
