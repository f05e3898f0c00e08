package io.threadmill.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.threadmill.cache.Reuse;
import io.threadmill.cache.TestCaches;
import io.threadmill.job.CacheOptions;
import io.threadmill.job.InvalidJob;
import io.threadmill.job.JobContext;
import io.threadmill.job.JobResult;
import io.threadmill.job.JobResult.CacheUse;
import io.threadmill.job.Violations;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComputeHandlerTests {

  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

  private final ResultCache results =
      new ResultCache(new Reuse(TestCaches.inMemory().results(), () -> NOW), () -> NOW);
  private final ComputeHandler handler = new ComputeHandler(TestFunctions.builtins(), results);
  private CacheOptions options = CacheOptions.DEFAULT;
  private boolean leads = true;

  @Test
  void aResultIsJson() throws Exception {
    JobResult result = handler.run(read("primes", "{\"from\":1,\"to\":100}"), attempt());
    assertThat(text(result)).isEqualTo("{\"count\":25,\"largest\":97}");
    assertThat(body(result).mediaType()).isEqualTo("application/json");
  }

  @Test
  void aResultIsBinaryWhereTheFunctionSaysSo() throws Exception {
    JobResult result = handler.run(read("mandelbrot", "{\"width\":8,\"height\":8}"), attempt());
    assertThat(body(result).mediaType()).isEqualTo("image/png");
    assertThat(body(result).bytes()).startsWith(0x89, 'P', 'N', 'G');
  }

  @ParameterizedTest
  @CsvSource({"mandelbrot", "monte-carlo-pi", "statistics", "word-count"})
  void noInputIsEnoughForAllButPrimes(String function) throws Exception {
    for (String input : List.of("{}", "null")) {
      assertThat(handler.run(read(function, input), attempt())).isInstanceOf(JobResult.Done.class);
    }
    var absent =
        TestFunctions.MAPPER.readValue("{\"function\":\"" + function + "\"}", ComputeParams.class);
    assertThat(handler.run(absent, attempt())).isInstanceOf(JobResult.Done.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{}                                        | /function | is missing: there is mandelbrot,",
        "{\"function\":\"nothing\"}                | /function | no function \"nothing\" here; there is mandelbrot, monte-carlo-pi, primes, statistics, word-count",
        "{\"function\":\"primes\"}                 | /input/from,/input/to | is missing",
        "{\"function\":\"primes\",\"input\":5}     | /input | must be an object",
        "{\"function\":\"primes\",\"input\":[]}    | /input | must be an object",
        "{\"function\":\"primes\",\"input\":{\"from\":1,\"to\":2,\"x\":3}} | /input/x | is not a known field",
        "{\"function\":\"primes\",\"input\":{\"from\":2,\"to\":1}} | /input/to | must not be below",
        "{\"function\":\"primes\",\"input\":{\"from\":1e400,\"to\":2}} | /input/from | is a number too large",
        "{\"function\":\"word-count\",\"isolation\":\"process\"} | /isolation | process isolation is not available yet",
        "{\"function\":\"word-count\",\"isolation\":\"fibre\"} | /isolation | must be \"thread\" or",
        "{\"function\":\"nothing\",\"isolation\":\"fibre\"} | /function,/isolation | ",
      })
  void aWrongParamIsNamed(String params, String pointers, String words) {
    var violations = new Violations("");
    handler.check(TestFunctions.MAPPER.readValue(params, ComputeParams.class), violations);
    assertThat(violations.list())
        .extracting(Violations.Violation::pointer)
        .containsExactly(pointers.split(","));
    assertThat(violations.list().getFirst().detail()).startsWith(words == null ? "" : words);
  }

  @Test
  void aLongNameIsNotEchoedWhole() {
    var violations = new Violations("");
    handler.check(new ComputeParams("x".repeat(1000), null, null), violations);
    assertThat(violations.list().getFirst().detail()).hasSizeLessThan(250);
  }

  @Test
  void aFunctionMadeForAProcessIsNotRunOnAThreadUnasked() {
    var function = new AFunction();
    function.isolation = Isolation.PROCESS;
    var own = new ComputeHandler(TestFunctions.of(function), results);
    var violations = new Violations("");
    own.check(new ComputeParams("square", null, null), violations);
    assertThat(violations.list().getFirst().pointer()).isEqualTo("/isolation");
    var asked = new Violations("");
    own.check(new ComputeParams("square", null, "thread"), asked);
    assertThat(asked.isEmpty()).isTrue();
  }

  @Test
  void aJobThatThisVersionDoesNotKnowIsLeftToAnother() {
    assertThatThrownBy(() -> handler.run(read("nothing", "{}"), attempt()))
        .isInstanceOf(InvalidJob.class);
    assertThatThrownBy(() -> handler.run(read("primes", "{\"from\":\"1\"}"), attempt()))
        .isInstanceOf(InvalidJob.class);
  }

  @Test
  void anInputWithoutAResultFailsForGoodAndSaysWhy() throws Exception {
    String collinear = "{\"values\":[1,2,3,5],\"regressors\":[[0,1,2,3],[0,2,4,6]]}";
    assertThat(handler.run(read("statistics", collinear), attempt()))
        .isInstanceOfSatisfying(
            JobResult.Fail.class,
            fail -> {
              assertThat(fail.error().slug()).isEqualTo("computation-failed");
              assertThat(fail.error().retryable()).isFalse();
              assertThat(fail.error().detail()).contains("collinear");
            });
  }

  @Test
  void aCancelledAttemptIsInterrupted() {
    assertThatThrownBy(() ->
            handler.run(
                read("primes", "{\"from\":1,\"to\":10000000000}"),
                attempt(true, Duration.ofMinutes(1))))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void anAttemptOutOfTimeSaysSo() throws Exception {
    JobResult result =
        handler.run(
            read("primes", "{\"from\":1,\"to\":10000000000}"), attempt(true, Duration.ZERO));
    assertThat(result)
        .isInstanceOfSatisfying(
            JobResult.Fail.class,
            fail -> {
              assertThat(fail.error().slug()).isEqualTo("timed-out");
              assertThat(fail.error().retryable()).isTrue();
            });
  }

  @Test
  void anInterruptAloneIsEnough() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> handler.run(read("monte-carlo-pi", "{}"), attempt()))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void progressReachesTheAttempt() throws Exception {
    progress.clear();
    handler.run(read("monte-carlo-pi", "{\"samples\":100}"), attempt());
    assertThat(progress).containsExactly("0/100", "100/100");
  }

  @Test
  void equalWorkIsAnsweredFromTheMapOfResults() throws Exception {
    JobResult first = handler.run(read("mandelbrot", "{\"width\":8,\"height\":8}"), attempt());
    assertThat(((JobResult.Done) first).cache()).isEqualTo(CacheUse.MISS);
    JobResult again = handler.run(read("mandelbrot", "{\"height\":8.0,\"width\":8}"), attempt());
    assertThat(((JobResult.Done) again).cache()).isEqualTo(CacheUse.HIT);
    assertThat(body(again).mediaType()).isEqualTo("image/png");
    assertThat(body(again).bytes()).isEqualTo(body(first).bytes());
    options = new CacheOptions(Duration.ZERO, true);
    JobResult own = handler.run(read("mandelbrot", "{\"width\":8,\"height\":8}"), attempt());
    assertThat(((JobResult.Done) own).cache()).isEqualTo(CacheUse.BYPASS);
  }

  @Test
  void storeFalseLeavesNothingForOthers() throws Exception {
    options = new CacheOptions(null, false);
    for (int i = 0; i < 2; i++) {
      JobResult result = handler.run(read("word-count", "{}"), attempt());
      assertThat(((JobResult.Done) result).cache()).isEqualTo(CacheUse.MISS);
    }
  }

  @Test
  void anEqualComputationUnderWayIsJoined() throws Exception {
    leads = false;
    assertThat(handler.run(read("word-count", "{}"), attempt())).isInstanceOf(JobResult.Join.class);
  }

  private final List<String> progress = new ArrayList<>();

  private JobContext attempt() {
    return attempt(false, Duration.ofMinutes(1));
  }

  /** Answers what a function may ask for; anything else is not meant to be called. */
  private JobContext attempt(boolean cancelled, Duration remaining) {
    return (JobContext)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {JobContext.class},
            (_, method, arguments) ->
                switch (method.getName()) {
                  case "cancelled" -> cancelled;
                  case "cache" -> options;
                  case "lead" -> leads;
                  case "joined" -> false;
                  case "wantedSince" -> NOW;
                  case "remaining" -> remaining;
                  case "progress" -> progress.add(arguments[0] + "/" + arguments[1]) ? null : null;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static ComputeParams read(String function, String input) {
    return new ComputeParams(function, TestFunctions.MAPPER.readTree(input), null);
  }

  private static JobResult.ResultBody body(JobResult result) {
    return ((JobResult.Done) result).body();
  }

  private static String text(JobResult result) {
    return new String(body(result).bytes(), StandardCharsets.UTF_8);
  }
}
