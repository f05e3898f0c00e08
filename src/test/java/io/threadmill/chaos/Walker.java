package io.threadmill.chaos;

import io.threadmill.chaos.Client.Answer;
import io.threadmill.chaos.History.Known;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Walks a list of jobs from page to page. */
final class Walker {

  private static final int MOST_PAGES = 2000;

  private final Client client;

  Walker(Client client) {
    this.client = client;
  }

  /** The ids in their order; a page that fails is asked for again, at any instance. */
  List<String> walk(int slot, String filter, int limit) {
    long call = client.recording().invoke("walk", slot, null, null);
    var seen = new ArrayList<String>();
    String cursor = "";
    int failures = 0;
    Known known = Known.INFO;
    for (int page = 0; page < MOST_PAGES && failures < 20; page++) {
      String query = "/v1/jobs?limit=%d&%s".formatted(limit, filter);
      if (!cursor.isEmpty()) {
        query += "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
      }
      Answer answer =
          client.send(client.to((slot + page + failures) % Cluster.SIZE, query).build());
      if (!answer.ok()) {
        failures++;
        continue;
      }
      answer.body().path("jobs").forEach(job -> seen.add(job.path("id").asString()));
      if (answer.body().path("next").isNull()) {
        known = Known.OK;
        break;
      }
      cursor = answer.body().path("next").asString();
    }
    client.recording().complete(call, known, 0, null, null, 0, seen, filter);
    return seen;
  }
}
