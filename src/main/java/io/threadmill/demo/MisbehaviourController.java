package io.threadmill.demo;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.util.UriComponentsBuilder;

/** Pages that are slow, fail, redirect, lie about their charset or are too large. */
@RestController
@Conditional(OnDemo.class)
class MisbehaviourController implements AutoCloseable {

  static final long LARGEST = 100L * 1024 * 1024;

  private static final int SLOWEST_MILLIS = 60_000;
  private static final int MOST_REDIRECTS = 20;
  private static final int LONGEST_KEY = 100;

  /** Slow pages open at once. More is refused, so that waiting costs a bounded amount. */
  private static final int MOST_WAITING = 1000;

  private static final int CHUNK = 8192;

  private final Flakiness flakiness = new Flakiness();
  private final ScheduledThreadPoolExecutor timer;

  MisbehaviourController() {
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("demo-slow").factory());
    timer.setRemoveOnCancelPolicy(true);
  }

  @GetMapping("/demo/slow")
  DeferredResult<ResponseEntity<String>> slow(@RequestParam(defaultValue = "500") long ms) {
    OutOfBounds.check("ms", ms, 0, SLOWEST_MILLIS);
    // The container's own limit would cut the longest waits short.
    var answer = new DeferredResult<ResponseEntity<String>>(SLOWEST_MILLIS + 10_000L);
    if (timer.getQueue().size() >= MOST_WAITING) {
      answer.setResult(
          text(
              ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE),
              "Too many slow pages are open; try again later."));
      return answer;
    }
    var waiting =
        timer.schedule(
            () -> answer.setResult(text(ResponseEntity.ok(), "Waited " + ms + " ms.")),
            ms,
            TimeUnit.MILLISECONDS);
    answer.onCompletion(() -> waiting.cancel(false));
    return answer;
  }

  @GetMapping("/demo/flaky/{key}")
  ResponseEntity<String> flaky(
      @PathVariable String key,
      @RequestParam(defaultValue = "2") int fail,
      @RequestParam(defaultValue = "1") int retryAfter) {
    OutOfBounds.check("the length of key", key.length(), 1, LONGEST_KEY);
    OutOfBounds.check("fail", fail, 0, 1000);
    OutOfBounds.check("retryAfter", retryAfter, 0, 3600);
    int count = flakiness.count(key);
    return count > fail
        ? text(ResponseEntity.ok(), "Request " + count + " works.")
        : text(
            ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .header(HttpHeaders.RETRY_AFTER, Integer.toString(retryAfter)),
            "Request %d of %d that fail.".formatted(count, fail));
  }

  @GetMapping("/demo/status/{code}")
  ResponseEntity<String> status(@PathVariable int code) {
    OutOfBounds.check("code", code, 200, 599);
    // These have no body (RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5).
    return code == 204 || code == 205 || code == 304
        ? ResponseEntity.status(code).build()
        : text(ResponseEntity.status(code), "Status " + code + ".");
  }

  @GetMapping("/demo/redirect/{left}")
  ResponseEntity<Void> redirect(@PathVariable int left, UriComponentsBuilder origin) {
    OutOfBounds.check("the number of redirects", left, 1, MOST_REDIRECTS);
    return found(origin, left == 1 ? "/demo/products/1" : "/demo/redirect/" + (left - 1));
  }

  @GetMapping("/demo/redirect-loop")
  ResponseEntity<Void> loop(UriComponentsBuilder origin) {
    return found(origin, "/demo/redirect-loop");
  }

  @GetMapping("/demo/text/shift-jis")
  ResponseEntity<byte[]> shiftJis(@RequestParam(defaultValue = "header") String declared) {
    return encoded("Shift_JIS", declared, "ja", "日本語のページ", "東京の本屋で、静かな午後に古い本を読みました。");
  }

  @GetMapping("/demo/text/windows-1252")
  ResponseEntity<byte[]> windows1252(@RequestParam(defaultValue = "header") String declared) {
    return encoded(
        "windows-1252", declared, "fr", "Page française", "“L’été dernier” – un café coûte 3 €…");
  }

  /** Exactly so many bytes, written as they are made. Under about 60 the page is cut short. */
  @GetMapping("/demo/large")
  void large(@RequestParam(defaultValue = "1048576") long bytes, HttpServletResponse response)
      throws IOException {
    OutOfBounds.check("bytes", bytes, 0, LARGEST);
    response.setContentType("text/html;charset=UTF-8");
    response.setContentLengthLong(bytes);
    OutputStream out = response.getOutputStream();
    byte[] opening =
        "<!DOCTYPE html>\n<title>Large</title>\n<pre>\n".getBytes(StandardCharsets.UTF_8);
    byte[] closing = "\n</pre>\n".getBytes(StandardCharsets.UTF_8);
    byte[] filler =
        "The page goes on and on.\n".repeat(CHUNK / 16).getBytes(StandardCharsets.UTF_8);
    long left = bytes;
    left -= write(out, opening, left);
    while (left > closing.length) {
      left -= write(out, filler, left - closing.length);
    }
    write(out, closing, left);
  }

  @ExceptionHandler
  ResponseEntity<String> refuse(OutOfBounds refusal) {
    return text(ResponseEntity.badRequest(), String.valueOf(refusal.getMessage()));
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  private static ResponseEntity<byte[]> encoded(
      String charset, String declared, String language, String title, String sentence) {
    String meta =
        switch (declared) {
          case "meta" -> "<meta charset=\"" + charset + "\">\n";
          case "header", "none" -> "";
          default -> throw new OutOfBounds("declared must be header, meta or none");
        };
    String page =
        """
        <!DOCTYPE html>
        <html lang="%1$s">
        <head>
        %2$s<title>%3$s</title>
        </head>
        <body><h1>%3$s</h1><p>%4$s</p></body>
        </html>
        """
            .formatted(language, meta, title, sentence);
    Charset bytes = Charset.forName(charset);
    MediaType type =
        declared.equals("header") ? new MediaType("text", "html", bytes) : MediaType.TEXT_HTML;
    return ResponseEntity.ok().contentType(type).body(page.getBytes(bytes));
  }

  private static int write(OutputStream out, byte[] bytes, long most) throws IOException {
    int length = (int) Math.min(bytes.length, most);
    out.write(bytes, 0, length);
    return length;
  }

  private static ResponseEntity<Void> found(UriComponentsBuilder origin, String path) {
    return ResponseEntity.status(HttpStatus.FOUND)
        .location(URI.create(origin.toUriString() + path))
        .build();
  }

  private static ResponseEntity<String> text(ResponseEntity.BodyBuilder answer, String text) {
    return answer
        .contentType(new MediaType("text", "plain", StandardCharsets.UTF_8))
        .body(text + "\n");
  }
}
