package io.threadmill.job;

import org.jspecify.annotations.Nullable;

/**
 * What a job carries along for those who run it and look at it; the queue passes it on unread.
 *
 * @param caller the name of the access key it came with, null without one
 * @param template the name of the template it was made from
 */
public record JobOptions(CacheOptions cache, @Nullable String caller, @Nullable String template) {

  public static final JobOptions DEFAULT = new JobOptions(CacheOptions.DEFAULT, null, null);
}
