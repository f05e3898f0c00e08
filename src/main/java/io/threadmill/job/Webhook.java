package io.threadmill.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a job's or batch's end is to be told. What it says is checked by {@link WebhookRules}.
 *
 * @param url of the receiver
 * @param secret what deliveries are signed with; null for the service's own. Never shown: not even
 *     by {@link #toString}
 * @param events the ends that are told
 * @param each on a batch: the end of each row is told, in place of the batch's
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Webhook(String url, @Nullable String secret, Set<JobState> events, boolean each) {

  /** The ends there are. */
  public static final Set<JobState> ENDS =
      Set.of(JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED);

  public Webhook {
    events = events.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(events));
  }

  @Override
  public String toString() {
    return "Webhook[%s, %s, each=%s]"
        .formatted(
            url,
            events.stream().map(JobState::wireName).sorted().collect(Collectors.joining(" ")),
            each);
  }
}
