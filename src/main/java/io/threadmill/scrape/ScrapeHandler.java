package io.threadmill.scrape;

import io.threadmill.cache.Reuse;
import io.threadmill.egress.Egress;
import io.threadmill.egress.Failed;
import io.threadmill.egress.FetchFailure;
import io.threadmill.egress.FetchRequest;
import io.threadmill.egress.Fetched;
import io.threadmill.egress.Header;
import io.threadmill.egress.Held;
import io.threadmill.egress.Target;
import io.threadmill.job.JobContext;
import io.threadmill.job.JobHandler;
import io.threadmill.job.JobResult;
import io.threadmill.job.JobResult.CacheUse;
import io.threadmill.job.Violations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * One page: a stored response, or robots and fetch; then decode, parse, extract. A stored response
 * costs the site nothing, so its robots.txt is not asked for. Thread-safe.
 */
final class ScrapeHandler implements JobHandler<ScrapeParams> {

  private static final Set<Integer> RETRYABLE = Set.of(408, 425, 429, 500, 502, 503, 504);
  private static final int MOST_REDIRECTS = 10;

  /** Compressed text rarely unfolds to more than this many times its size. */
  private static final int DECODED_FACTOR = 4;

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** What remains of an attempt is not given to the network alone. */
  private static final Duration PARSE_RESERVE = Duration.ofMillis(50);

  private final Egress egress;
  private final Politeness politeness;
  private final ParseSet parsing;
  private final ResponseCache responses;
  private final InstantSource clock;
  private final JsonMapper mapper;

  ScrapeHandler(
      Egress egress,
      Politeness politeness,
      ParseSet parsing,
      ResponseCache responses,
      InstantSource clock,
      JsonMapper mapper) {
    this.egress = egress;
    this.politeness = politeness;
    this.parsing = parsing;
    this.responses = responses;
    this.clock = clock;
    this.mapper = mapper;
  }

  @Override
  public String type() {
    return "scrape";
  }

  @Override
  public Class<ScrapeParams> paramsType() {
    return ScrapeParams.class;
  }

  @Override
  public String pool(ScrapeParams params) {
    return "scrape";
  }

  @Override
  public String host(ScrapeParams params) {
    return Target.parse(params.address()).hostPort();
  }

  @Override
  public Duration defaultTimeout() {
    return TIMEOUT;
  }

  @Override
  public void check(ScrapeParams params, Violations violations) {
    ScrapeChecks.check(params, violations);
  }

  @Override
  public JobResult run(ScrapeParams params, JobContext context) throws InterruptedException {
    return switch (responses.ask(params, context)) {
      case Reuse.Found<StoredResponse>(StoredResponse stored, CacheUse use) ->
          page(params, stored.fetched(), stored.fetchedAt(), use, context);
      case Reuse.UnderWay<StoredResponse>(JobResult.Join join) -> join;
      case Reuse.Absent<StoredResponse>(CacheUse use) -> fetch(params, use, context);
    };
  }

  private JobResult fetch(ScrapeParams params, CacheUse use, JobContext context)
      throws InterruptedException {
    Target target = Target.parse(params.address());
    String own = target.hostPort();
    if (params.obeysRobots()) {
      JobResult refused = askRobots(target, own, context);
      if (refused != null) {
        return refused;
      }
    }
    Duration time = context.remaining().minus(PARSE_RESERVE);
    if (time.compareTo(Duration.ofMillis(1)) < 0) {
      return timedOut();
    }
    Instant fetchedAt = clock.instant();
    return switch (egress.fetch(request(params, own, time, context))) {
      case Held(Duration until) -> new JobResult.Later(until, "host");
      case Failed failed -> failed(failed);
      case Fetched fetched -> page(params, fetched, fetchedAt, use, context);
    };
  }

  private @Nullable JobResult askRobots(Target target, String own, JobContext context)
      throws InterruptedException {
    return switch (politeness.ask(target, own, context.remaining())) {
      case RobotsTxt.Allowed _ -> null;
      case RobotsTxt.Disallowed _ ->
          new JobResult.Fail(
              ScrapeProblem.ROBOTS_DISALLOWED.error("robots.txt of the site forbids this page."));
      case RobotsTxt.Unreadable(FetchFailure why) when why == FetchFailure.URL_BLOCKED ->
          new JobResult.Fail(
              ScrapeProblem.URL_BLOCKED.error("This address is not open to fetches."));
      case RobotsTxt.Unreadable(FetchFailure why)
          when why == FetchFailure.DNS_FAILED
              || why == FetchFailure.CONNECT_FAILED
              || why == FetchFailure.TLS_FAILED ->
          new JobResult.Fail(
              ScrapeProblem.of(why).error("The site could not be reached for its robots.txt."));
      case RobotsTxt.Unreadable _ ->
          new JobResult.Fail(
              ScrapeProblem.ROBOTS_UNAVAILABLE.error("robots.txt of the site cannot be read now."));
      case RobotsTxt.NotYet(Duration until) -> new JobResult.Later(until, "host");
    };
  }

  private FetchRequest request(ScrapeParams params, String own, Duration time, JobContext context) {
    var headers = new ArrayList<Header>();
    params.headerMap().forEach((name, value) -> headers.add(new Header(name, value)));
    add(headers, "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    headers.removeIf(header -> header.name().equalsIgnoreCase("Accept-Encoding"));
    headers.add(new Header("Accept-Encoding", "gzip, deflate"));
    byte[] body = params.body() == null ? null : params.body().getBytes(StandardCharsets.UTF_8);
    Duration longest = Duration.ofHours(1);
    return new FetchRequest(
        params.address(),
        params.verb(),
        headers,
        body,
        time.compareTo(longest) > 0 ? longest : time,
        params.byteLimit(),
        MOST_REDIRECTS,
        politeness.pageGate(own, params.obeysRobots(), context.remaining()));
  }

  private static void add(List<Header> headers, String name, String value) {
    if (headers.stream().noneMatch(header -> header.name().equalsIgnoreCase(name))) {
      headers.add(new Header(name, value));
    }
  }

  private static JobResult failed(Failed failed) {
    if (failed.reason() == FetchFailure.REFUSED_BY_GATE) { // the detail is "code: sentence"
      String[] refusal = failed.detail().split(": ", 2);
      ScrapeProblem problem =
          refusal[0].equals(ScrapeProblem.ROBOTS_UNAVAILABLE.slug())
              ? ScrapeProblem.ROBOTS_UNAVAILABLE
              : ScrapeProblem.ROBOTS_DISALLOWED;
      return new JobResult.Fail(problem.error(refusal[refusal.length - 1]));
    }
    return new JobResult.Fail(
        ScrapeProblem.of(failed.reason()).error(failed.detail(), failed.retryable()));
  }

  private static JobResult timedOut() {
    return new JobResult.Fail(
        ScrapeProblem.TIMED_OUT.error("The attempt's timeout passed before the page was done."));
  }

  private JobResult page(
      ScrapeParams params, Fetched fetched, Instant fetchedAt, CacheUse use, JobContext context)
      throws InterruptedException {
    if (fetched.status() < 200 || fetched.status() > 299) {
      return badStatus(fetched);
    }
    if (!Page.isText(fetched.header("Content-Type"))) {
      return new JobResult.Fail(
          ScrapeProblem.UNSUPPORTED_CONTENT.error("The page's content type is not text."));
    }
    ExtractSchema schema =
        params.extract() == null
            ? null
            : ExtractSchema.compile(params.extract(), new Violations(""), "/extract");
    try {
      ScrapeResult.Made made =
          parsing.run(
              () ->
                  ScrapeResult.of(
                      Page.decode(fetched, params.byteLimit() * DECODED_FACTOR),
                      params.wanted(),
                      schema,
                      fetchedAt,
                      mapper),
              context.remaining());
      if (use == CacheUse.MISS || use == CacheUse.BYPASS) { // it was fetched, and can be read
        responses.keep(params, context, fetched, fetchedAt);
      }
      if (made.missing() != null) {
        return new JobResult.Fail(
            ScrapeProblem.EXTRACT_REQUIRED.error(
                "The required field " + made.missing() + " is not on the page."));
      }
      context.progress(1, 1, null);
      return new JobResult.Done(
          JobResult.ResultBody.json(mapper.writeValueAsBytes(made.json())), use);
    } catch (ParseSet.TooSlow _) {
      return timedOut();
    } catch (ExecutionException fault) {
      return switch (fault.getCause()) {
        case BadEncoding bad ->
            new JobResult.Fail(ScrapeProblem.BAD_ENCODING.error(String.valueOf(bad.getMessage())));
        case DecodedTooLarge large ->
            new JobResult.Fail(ScrapeProblem.TOO_LARGE.error(String.valueOf(large.getMessage())));
        case RuntimeException unexpected -> throw unexpected;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(fault);
      };
    }
  }

  private JobResult badStatus(Fetched fetched) {
    int status = fetched.status();
    var error =
        ScrapeProblem.HTTP_STATUS
            .error("The page answered with status " + status + ".", RETRYABLE.contains(status))
            .with("upstreamStatus", status);
    if (status == 429 || status == 503) {
      Duration pause =
          politeness.heed(fetched.target().hostPort(), fetched.headers()).orElse(Duration.ZERO);
      return new JobResult.Retry(error, pause);
    }
    return new JobResult.Fail(error);
  }
}
