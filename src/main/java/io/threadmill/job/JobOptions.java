package io.threadmill.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What a job carries along for those who run it and look at it; the queue passes it on unread.
 *
 * @param caller the name of the access key it came with, null without one
 * @param template the name of the template it was made from
 * @param webhook where its end is told; the queue reads whether there is one and of which ends
 */
public record JobOptions(
    CacheOptions cache,
    @Nullable String caller,
    @Nullable String template,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Webhook webhook) {

  public static final JobOptions DEFAULT = new JobOptions(CacheOptions.DEFAULT, null, null, null);

  /** The same, told to nobody. */
  public JobOptions withoutWebhook() {
    return webhook == null ? this : new JobOptions(cache, caller, template, null);
  }
}
