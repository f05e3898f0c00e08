package io.threadmill.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.job.DurationText;
import io.threadmill.job.JobResult;
import io.threadmill.job.Violations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

class RehearseHandlerTests {

  private static final JsonMapper MAPPER = contractMapper();

  private final RehearseHandler handler = new RehearseHandler(System::nanoTime);

  @Test
  void withoutParamsItSucceedsWithNull() throws Exception {
    assertThat(text(handler.run(read("{}"), new FakeContext(0)))).isEqualTo("null");
  }

  @Test
  void theResultIsEchoedAndNeverCached() throws Exception {
    JobResult result = handler.run(read("{\"result\":{\"a\":[1,\"ü\"]}}"), new FakeContext(0));
    assertThat(text(result)).isEqualTo("{\"a\":[1,\"ü\"]}");
    assertThat(((JobResult.Done) result).cache()).isEqualTo(JobResult.CacheUse.BYPASS);
  }

  @Test
  void errorAloneFailsEveryAttempt() {
    assertThatThrownBy(() -> handler.run(read("{\"error\":\"exception\"}"), new FakeContext(7)))
        .isInstanceOf(RehearsedException.class);
  }

  @Test
  void failAttemptsAloneThrowsThatOftenAndThenSucceeds() throws Exception {
    RehearseParams params = read("{\"failAttempts\":2}");
    assertThatThrownBy(() -> handler.run(params, new FakeContext(1)))
        .isInstanceOf(RehearsedException.class);
    assertThat(text(handler.run(params, new FakeContext(2)))).isEqualTo("null");
  }

  @Test
  void terminalIsNotRetryable() throws Exception {
    JobResult result = handler.run(read("{\"error\":\"terminal\"}"), new FakeContext(0));
    assertThat(result)
        .isInstanceOfSatisfying(
            JobResult.Fail.class,
            fail -> {
              assertThat(fail.error().slug()).isEqualTo("rehearsed-failure");
              assertThat(fail.error().retryable()).isFalse();
            });
  }

  @Test
  void stackOverflowReallyOverflows() {
    assertThatThrownBy(
            () -> handler.run(read("{\"error\":\"stack-overflow\"}"), new FakeContext(0)))
        .isInstanceOf(StackOverflowError.class);
  }

  @Test
  void hangEndsWithTheInterrupt() throws Exception {
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread thread = Thread.ofPlatform().daemon().start(() -> ended.complete(endOf("hang")));
    thread.interrupt();
    assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
  }

  @Test
  void ignoreInterruptEndsOnlyAnHourPastItsDeadline() throws Exception {
    var now = new AtomicLong();
    var asked = new CountDownLatch(3);
    var stubborn =
        new RehearseHandler(() -> {
          asked.countDown();
          return now.get();
        });
    RehearseParams params = read("{\"error\":\"ignore-interrupt\"}");
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> ended.complete(endOf(stubborn, params, new FakeContext(0))));
    thread.interrupt();
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue(); // it went back to waiting
    assertThat(ended).isNotDone();
    now.set(Duration.ofSeconds(10).plusHours(1).toNanos());
    thread.interrupt();
    assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(RehearsedException.class);
  }

  @Test
  void busyWorkLastsAsLongAsAskedOnItsClock() throws Exception {
    var now = new AtomicLong();
    var ticking = new RehearseHandler(() -> now.addAndGet(1_000_000));
    ticking.run(read("{\"cpu\":\"50ms\"}"), new FakeContext(0));
    assertThat(now.get()).isBetween(50_000_000L, 60_000_000L);
  }

  @Test
  void busyWorkStopsWhenCancelled() {
    var context = new FakeContext(0);
    context.cancelled.set(true);
    assertThatThrownBy(() -> handler.run(read("{\"cpu\":\"24h\"}"), context))
        .isInstanceOf(InterruptedException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"wait\":\"25h\"}|/wait",
        "{\"cpu\":\"25h\"}|/cpu",
        "{\"pool\":\"other\"}|/pool",
        "{\"isolation\":\"process\"}|/isolation",
        "{\"isolation\":\"fibre\"}|/isolation",
        "{\"error\":\"nonsense\"}|/error",
        "{\"error\":\"exit\"}|/error",
        "{\"error\":\"out-of-memory\"}|/error",
        "{\"failAttempts\":-1}|/failAttempts"
      })
  void aWrongParamIsNamed(String json, String pointer) {
    var violations = new Violations("");
    handler.check(read(json), violations);
    assertThat(violations.list())
        .singleElement()
        .satisfies(found -> assertThat(found.pointer()).isEqualTo(pointer));
  }

  @Test
  void thePoolIsTheOneAskedFor() {
    assertThat(handler.pool(read("{}"))).isEqualTo("scrape");
    assertThat(handler.pool(read("{\"pool\":\"compute\"}"))).isEqualTo("compute");
  }

  private @Nullable Throwable endOf(String error) {
    return endOf(handler, read("{\"error\":\"" + error + "\"}"), new FakeContext(0));
  }

  private static @Nullable Throwable endOf(
      RehearseHandler handler, RehearseParams params, FakeContext context) {
    try {
      handler.run(params, context);
      return null;
    } catch (InterruptedException | RuntimeException end) {
      return end;
    }
  }

  private static String text(JobResult result) {
    return new String(((JobResult.Done) result).body().bytes(), StandardCharsets.UTF_8);
  }

  private static JsonMapper contractMapper() {
    var parser =
        new ValueDeserializer<Duration>() {
          @Override
          public Duration deserialize(JsonParser parser, DeserializationContext context) {
            return DurationText.parse(parser.getString()).orElseThrow();
          }
        };
    return JsonMapper.builder()
        .addModule(new SimpleModule("durations").addDeserializer(Duration.class, parser))
        .build();
  }

  private static RehearseParams read(String json) {
    return MAPPER.readValue(json, RehearseParams.class);
  }
}
