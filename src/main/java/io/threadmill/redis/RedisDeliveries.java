package io.threadmill.redis;

import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.Webhook;
import io.threadmill.redis.RedisScripts.Script;
import io.threadmill.webhook.DeliveryRepository;
import io.threadmill.webhook.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.redisson.api.RBucket;
import org.redisson.api.RFuture;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;

/** Deliveries: jobs that the scripts write, and the list of them that each job and batch has. */
final class RedisDeliveries implements DeliveryRepository {

  private static final int MOST_LISTED = 100;

  /** As long as anything of the owner may still run. */
  private static final Duration GONE = Duration.ofDays(7);

  private final RedissonClient redisson;
  private final RedisScripts scripts;
  private final JobRecords records;

  RedisDeliveries(RedissonClient redisson, RedisScripts scripts, JobRecords records) {
    this.redisson = redisson;
    this.scripts = scripts;
    this.records = records;
  }

  @Override
  public Optional<List<Kept>> of(Subject subject) {
    return read(subject, -MOST_LISTED, -1);
  }

  @Override
  public Optional<Kept> one(Subject subject, int number) {
    return read(subject, number - 1, number - 1).flatMap(read -> read.stream().findFirst());
  }

  private Optional<List<Kept>> read(Subject subject, int first, int last) {
    List<Object> values =
        scripts.once(
            Script.DELIVERIES,
            List.of(
                kind(subject),
                subject.id().value(),
                Integer.toString(first),
                Integer.toString(last)));
    if (values.isEmpty()) {
      return Optional.empty();
    }
    var kept = new ArrayList<Kept>();
    for (int at = 1; at < values.size(); at += 1 + JobRecords.FOUND) {
      kept.add(
          new Kept(
              Integer.parseInt(String.valueOf(values.get(at))),
              records.snapshot(values, at + 1, true),
              Objects.requireNonNull(records.webhook(values, at + 1))));
    }
    return Optional.of(kept);
  }

  @Override
  public Redelivery redeliver(Subject subject, int number) {
    List<String> args = List.of(kind(subject), subject.id().value(), Integer.toString(number));
    return switch (scripts.onceText(Script.REDELIVER, args)) {
      case "N" -> Redelivery.NO_SUBJECT;
      case "D" -> Redelivery.NO_DELIVERY;
      default -> Redelivery.QUEUED;
    };
  }

  private static String kind(Subject subject) {
    return switch (subject.kind()) {
      case JOB -> "j";
      case BATCH -> "b";
    };
  }

  @Override
  public Optional<Webhook> receiver(JobId delivery) {
    List<Object> values = scripts.once(Script.FIND, List.of(delivery.value()));
    return values.isEmpty() ? Optional.empty() : Optional.ofNullable(records.webhook(values, 0));
  }

  @Override
  public Optional<JobSnapshot> source(JobId job) {
    List<Object> values = scripts.once(Script.FIND, List.of(job.value()));
    return values.isEmpty() ? Optional.empty() : Optional.of(records.snapshot(values, 0, true));
  }

  private RBucket<String> mark(JobId owner) {
    return redisson.getBucket(RedisScripts.PREFIX + "wg:" + owner, StringCodec.INSTANCE);
  }

  @Override
  public boolean gone(JobId owner) {
    return ask(mark(owner).isExistsAsync());
  }

  @Override
  public void setGone(JobId owner) {
    ask(mark(owner).setAsync("1", GONE));
  }

  @Override
  public void clearGone(JobId owner) {
    ask(mark(owner).deleteAsync());
  }

  private <T> T ask(RFuture<T> asked) {
    try {
      return Answers.within(scripts.patience(), asked);
    } catch (RedisException away) {
      throw new StoreUnavailable("Redis did not answer", away);
    }
  }
}
