package io.threadmill.telemetry;

import java.util.List;

/** Every meter of ours. {@code docs/metrics.md} is held to this list by a test. */
enum Meter {
  JOBS_ENQUEUED("threadmill.jobs.enqueued", Kind.COUNTER, "jobs accepted", "type"),
  JOBS_REFUSED("threadmill.jobs.refused", Kind.COUNTER, "submissions refused", "reason"),
  JOBS_COMPLETED(
      "threadmill.jobs.completed", Kind.COUNTER, "attempts ended and recorded", "type", "outcome"),
  JOB_QUEUE_WAIT(
      "threadmill.job.queue.wait", Kind.TIMER, "from a job's due time to its attempt", "type"),
  JOB_RUN("threadmill.job.run", Kind.TIMER, "how long an attempt took", "type"),
  JOB_TOTAL(
      "threadmill.job.total", Kind.TIMER, "from a job's creation to the end of an attempt", "type"),
  SCRIPT_DURATION(
      "threadmill.script.duration",
      Kind.TIMER,
      "a script call to Redis, round trip included",
      "script"),
  SCRIPT_FAILURES(
      "threadmill.script.failures",
      Kind.COUNTER,
      "script calls that Redis did not answer or refused",
      "script"),
  OUTCOMES_FENCED(
      "threadmill.outcomes.fenced",
      Kind.COUNTER,
      "endings the store refused, because the lease had passed on"),
  ENDINGS_POSTPONED(
      "threadmill.endings.postponed",
      Kind.COUNTER,
      "endings that Redis refused for want of room or a damaged record, kept and offered again"),
  LEASES_LOST(
      "threadmill.leases.lost",
      Kind.COUNTER,
      "attempts told to stop because their lease had passed on"),
  JOBS_RECOVERED(
      "threadmill.jobs.recovered", Kind.COUNTER, "jobs of dead instances queued or ended again"),
  HOUSEKEEPING_FAILURES(
      "threadmill.housekeeping.failures",
      Kind.COUNTER,
      "rounds of a regular duty that failed and are tried again",
      "duty"),
  THREADS_LOST(
      "threadmill.threads.lost",
      Kind.COUNTER,
      "threads given up because their job ignored that it was to stop",
      "pool"),
  WEBHOOK_DELIVERIES(
      "threadmill.webhook.deliveries",
      Kind.COUNTER,
      "tries to deliver a webhook that ended, by what became of the delivery",
      "outcome"),
  WEBHOOK_DELAY(
      "threadmill.webhook.delay",
      Kind.TIMER,
      "from the end of a job or batch to its receiver's 2xx"),
  CACHE_GETS("threadmill.cache.gets", Kind.COUNTER, "look-ups in a shared map", "map", "result"),
  CACHE_PUTS(
      "threadmill.cache.puts", Kind.COUNTER, "answers given to a shared map", "map", "outcome"),
  CACHE_EVICTIONS(
      "threadmill.cache.evictions",
      Kind.COUNTER,
      "living entries that had to go to make room for others",
      "map"),
  CACHE_ENTRIES(
      "threadmill.cache.entries", Kind.GAUGE, "entries of a shared map, of all instances", "map"),
  CACHE_BYTES(
      "threadmill.cache.bytes",
      Kind.GAUGE,
      "bytes of a shared map in Redis, of all instances",
      "map"),
  JOBS_STATE("threadmill.jobs.state", Kind.GAUGE, "jobs in a state, of all instances", "state"),
  POOL_SIZE("threadmill.pool.size", Kind.GAUGE, "jobs the pool runs at once", "pool"),
  POOL_RUNNING("threadmill.pool.running", Kind.GAUGE, "threads that exist", "pool"),
  POOL_ACTIVE("threadmill.pool.active", Kind.GAUGE, "jobs at work", "pool"),
  POOL_LOST("threadmill.pool.lost", Kind.GAUGE, "threads lost and not regained", "pool"),
  POOL_GOODPUT(
      "threadmill.pool.goodput",
      Kind.GAUGE,
      "jobs succeeded a second over the last ten seconds",
      "pool"),
  THREAD_FAILURES(
      "threadmill.thread.failures",
      Kind.GAUGE,
      "exceptions and errors that escaped job code since the start"),
  HEALTH(
      "threadmill.health",
      Kind.GAUGE,
      "a health component: 0 up, 1 degraded, 2 out of service, 3 down",
      "component"),
  JOBS_HELD("threadmill.jobs.held", Kind.GAUGE, "jobs taken here and not yet recorded"),
  TAKE_AGE(
      "threadmill.take.age.seconds",
      Kind.GAUGE,
      "since Redis last answered a take, or no slot was free",
      "pool"),
  BEAT_AGE(
      "threadmill.beat.age.seconds", Kind.GAUGE, "since this instance's lease was last renewed"),
  JOBS_OLDEST_READY(
      "threadmill.jobs.oldest.ready.seconds",
      Kind.GAUGE,
      "how long the job has been ready that waits longest, of all instances",
      "pool"),
  JOBS_SCHEDULE_LAG(
      "threadmill.jobs.schedule.lag.seconds",
      Kind.GAUGE,
      "how long the job has been due that should have been queued first, of all instances"),
  BACKLOG_RATIO(
      "threadmill.backlog.ratio",
      Kind.GAUGE,
      "the part of a budget that is used, of all instances",
      "budget"),
  REDIS_MEMORY_USED("threadmill.redis.memory.used.bytes", Kind.GAUGE, "memory that Redis uses"),
  REDIS_MEMORY_LIMIT(
      "threadmill.redis.memory.limit.bytes", Kind.GAUGE, "Redis's maxmemory, 0 for none");

  /** How a meter is read. */
  enum Kind {
    COUNTER,
    GAUGE,
    TIMER
  }

  private final String id;
  private final Kind kind;
  private final String meaning;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> tags;

  Meter(String id, Kind kind, String meaning, String... tags) {
    this.id = id;
    this.kind = kind;
    this.meaning = meaning;
    this.tags = List.of(tags);
  }

  String id() {
    return id;
  }

  Kind kind() {
    return kind;
  }

  String meaning() {
    return meaning;
  }

  List<String> tags() {
    return tags;
  }
}
