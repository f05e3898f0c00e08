package io.threadmill.chaos;

import io.threadmill.chaos.Client.Answer;
import io.threadmill.chaos.History.Attempt;
import io.threadmill.chaos.History.Dump;
import io.threadmill.chaos.History.Job;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;

/** Looks at everything once all is over: each job over HTTP, and every key in Redis. */
final class Dumper {

  private static final int AT_ONCE = 16;

  /** Jobs that are deleted at the end, to see what of them is left. */
  private static final int MOST_DELETED = 1000;

  private final Client client;
  private final RedisScan redis;

  Dumper(Client client, int redisPort) {
    this.client = client;
    this.redis = new RedisScan(redisPort);
  }

  /**
   * @param told ids that clients were answered
   */
  Dump dump(Collection<String> told) throws IOException, InterruptedException {
    List<String> listed = new Walker(client).walk(0, "type=" + ChaosHandler.TYPE, 1000);
    var ids = new TreeSet<>(told);
    ids.addAll(listed);
    List<Job> jobs = all(ids, this::job);
    Map<String, Long> counts = counts();
    List<History.Key> keys = redis.keys();
    Map<String, Long> cnt = redis.counts();
    Map<String, Long> scanned = redis.states();
    List<String> deleted = listed.stream().limit(MOST_DELETED).toList();
    all(deleted, id -> client.send(to(id).DELETE().build()).status());
    return new Dump(jobs, counts, cnt, scanned, keys, listed, redis.traces(deleted));
  }

  private HttpRequest.Builder to(String id) {
    return client.to(Math.floorMod(id.hashCode(), Cluster.SIZE), "/v1/jobs/" + id);
  }

  private <T> List<T> all(Collection<String> ids, java.util.function.Function<String, T> ask)
      throws InterruptedException {
    try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Callable<T>> tasks = new ArrayList<>();
      ids.forEach(id -> tasks.add(() -> ask.apply(id)));
      var answers = new ArrayList<T>();
      for (Future<T> answer : threads.invokeAll(tasks)) {
        answers.add(answer.get());
      }
      return answers;
    } catch (ExecutionException fault) {
      throw new IllegalStateException(fault.getCause());
    }
  }

  private Map<String, Long> counts() {
    var counts = new LinkedHashMap<String, Long>();
    JsonNode byType = client.send(client.to(0, "/v1/jobs/counts").build()).body().path("byType");
    byType
        .path(ChaosHandler.TYPE)
        .properties()
        .forEach(entry -> counts.put(entry.getKey(), entry.getValue().asLong()));
    return counts;
  }

  private Job job(String id) {
    Answer answer = client.send(to(id).build());
    for (int again = 0; again < 5 && (answer.status() == 0 || answer.status() == 503); again++) {
      answer = client.send(to(id).build());
    }
    JsonNode job = answer.body();
    JsonNode result = job.path("result");
    var attempts = new ArrayList<Attempt>();
    job.path("attempts").forEach(attempt -> attempts.add(attempt(attempt)));
    return new Job(
        id,
        answer.status(),
        job.path("state").asString(""),
        job.path("run").asInt(0),
        job.path("attempt").asInt(0),
        job.path("params").path("token").asString(""),
        result.path("run").asInt(0),
        result.path("attempt").asInt(0),
        result.path("pad").asString("").length(),
        slug(job.path("error")),
        instant(job.path("createdAt")),
        attempts);
  }

  private static Attempt attempt(JsonNode node) {
    return new Attempt(
        node.path("number").asInt(0),
        pid(node.path("instance").asString("")),
        instant(node.path("startedAt")),
        instant(node.path("finishedAt")),
        node.path("outcome").asString(""),
        slug(node.path("error")));
  }

  /** An instance is named host-pid-random, and a host may have dashes. */
  private static long pid(String instance) {
    String[] parts = instance.split("-", -1);
    return parts.length < 3 ? 0 : Long.parseLong(parts[parts.length - 2]);
  }

  private static String slug(JsonNode error) {
    String type = error.path("type").asString("");
    return type.substring(type.lastIndexOf('/') + 1);
  }

  private static long instant(JsonNode node) {
    return node.isString() ? Instant.parse(node.asString()).toEpochMilli() : 0;
  }
}
