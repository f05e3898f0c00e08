package io.threadmill.chaos;

import io.threadmill.chaos.History.Limit;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;

/** The limits that the keys of a run have. */
final class Limits {

  static final Map<String, Limit> ALL =
      Map.of("one", new Limit(1, 0), "three", new Limit(3, 0), "rated", new Limit(5, 6));

  static final List<String> NAMES = List.of("one", "three", "rated", "free");

  private Limits() {}

  /** Sets them by their route. */
  static void set(Client client, int redisPort) throws IOException {
    for (Map.Entry<String, Limit> limit : ALL.entrySet()) {
      Limit numbers = limit.getValue();
      String rate =
          numbers.perSecond() == 0 ? "" : ",\"rate\":\"%d/s\"".formatted(numbers.perSecond());
      var request =
          client
              .to(0, "/v1/limits/" + limit.getKey())
              .header("Content-Type", "application/json")
              .PUT(
                  BodyPublishers.ofString(
                      "{\"concurrency\":%d%s}".formatted(numbers.concurrency(), rate)))
              .build();
      int status = client.send(request).status();
      if (status == 404) { // the route is not built yet: the same bytes by hand
        try (var wire = new RedisWire(redisPort)) {
          wire.ask(
              "SET",
              "{tm}:lim:k:" + limit.getKey(),
              numbers.concurrency()
                  + " "
                  + (numbers.perSecond() == 0 ? 0 : Math.ceilDiv(1000, numbers.perSecond())));
        }
      } else if (status >= 300) {
        throw new IllegalStateException("PUT /v1/limits answered " + status);
      }
    }
  }
}
