package io.threadmill.web.openapi;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A call and its answer.
 *
 * @param target the path as sent, with its query
 * @param sentBody read only where it is compared; some are long
 * @param body of the answer; null where it was streamed past
 */
record Exchange(
    String method,
    String target,
    HttpHeaders sent,
    Supplier<String> sentBody,
    int status,
    HttpHeaders headers,
    byte[] body) {

  private static final Pattern ABSOLUTE = Pattern.compile("^https?://[^/]*");

  static Exchange of(HttpRequest request, HttpResponse<?> response) {
    URI uri = request.uri();
    String target = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    byte[] body =
        switch (response.body()) {
          case String text -> text.getBytes(StandardCharsets.UTF_8);
          case byte[] bytes -> bytes;
          case null, default -> null;
        };
    return new Exchange(
        request.method(),
        target,
        request.headers(),
        () -> request.bodyPublisher().map(Exchange::text).orElse(""),
        response.statusCode(),
        response.headers(),
        body);
  }

  /** From the text of both sides of a socket; the connection was closed after the answer. */
  static Exchange ofText(String request, String answer) {
    String[] asked = halves(request);
    String[] told = halves(answer);
    String[] line = asked[0].lines().findFirst().orElse("").split(" ", -1);
    HttpHeaders headers = headers(told[0]);
    boolean chunked = headers.firstValue("Transfer-Encoding").orElse("").equals("chunked");
    return new Exchange(
        line[0],
        line.length > 1 ? ABSOLUTE.matcher(line[1]).replaceFirst("") : "",
        headers(asked[0]),
        () -> asked[1],
        Integer.parseInt(told[0].substring(9, 12)),
        headers,
        chunked ? joined(told[1]) : told[1].getBytes(StandardCharsets.UTF_8));
  }

  private static String[] halves(String message) {
    String[] halves = message.split("\r\n\r\n", 2);
    return halves.length == 2 ? halves : new String[] {message, ""};
  }

  private static HttpHeaders headers(String head) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    head.lines()
        .skip(1)
        .map(line -> line.split(":", 2))
        .filter(parts -> parts.length == 2)
        .forEach(parts ->
            headers
                .computeIfAbsent(parts[0].strip(), _ -> new ArrayList<>())
                .add(parts[1].strip()));
    return HttpHeaders.of(headers, (_, _) -> true);
  }

  private static byte[] joined(String chunks) {
    byte[] bytes = chunks.getBytes(StandardCharsets.UTF_8);
    var joined = new ByteArrayOutputStream();
    int at = 0;
    while (at < bytes.length) {
      int end = at;
      while (bytes[end] != '\r') {
        end++;
      }
      int length = Integer.parseInt(new String(bytes, at, end - at, StandardCharsets.UTF_8), 16);
      joined.write(bytes, end + 2, length);
      at = end + 2 + length + 2;
    }
    return joined.toByteArray();
  }

  /** What a publisher of text sends; it does so at once, on this thread. */
  private static String text(HttpRequest.BodyPublisher publisher) {
    var all = HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
    publisher.subscribe(
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            all.onSubscribe(subscription);
          }

          @Override
          public void onNext(ByteBuffer part) {
            all.onNext(List.of(part));
          }

          @Override
          public void onError(Throwable fault) {
            all.onError(fault);
          }

          @Override
          public void onComplete() {
            all.onComplete();
          }
        });
    return all.getBody().toCompletableFuture().join();
  }

  String path() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  String query() {
    int query = target.indexOf('?');
    return query < 0 ? "" : target.substring(query + 1);
  }

  /** The media type of the answer without its parameters; empty where it has none. */
  Optional<String> mediaType() {
    return headers.firstValue("Content-Type").map(type -> type.split(";", 2)[0].strip());
  }

  String text() {
    return body == null ? "(streamed)" : new String(body, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    String text = text();
    return "%s %s -> %d %s"
        .formatted(
            method, target, status, text.length() > 2000 ? text.substring(0, 2000) + "…" : text);
  }
}
