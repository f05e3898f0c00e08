package io.threadmill.scrape;

import io.threadmill.egress.FetchFailure;
import io.threadmill.job.JobError;
import io.threadmill.job.ProblemKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Every way a scrape can fail, and whether trying again can help. */
enum ScrapeProblem {
  URL_BLOCKED(
      false,
      "The address is not open to fetches",
      "The host, an address it resolves to, or its port is closed to fetches by the egress guard.",
      "Where it is meant to be reached, open it with threadmill.egress.allow or .ports."),
  INVALID_URL(
      false,
      "The URL cannot be fetched",
      "The URL, or one it redirects to, is not an absolute http or https URL.",
      "Correct the URL; look at where it redirects to."),
  DNS_FAILED(
      true,
      "The host's name was not found",
      "The name could not be resolved to an address.",
      "Check the name, and the resolver of the machine."),
  CONNECT_FAILED(
      true,
      "The host could not be reached",
      "No connection to the host could be opened.",
      "Check that the site is up and the port is right."),
  TLS_FAILED(
      false,
      "No secure connection was possible",
      "The TLS handshake failed, or the certificate is not valid for the host.",
      "Check the site's certificate."),
  TIMED_OUT(
      true,
      "The attempt ran out of time",
      "The page, or the work on it, did not end within the attempt's timeout.",
      "Raise the job's timeout, or look at why the site is slow."),
  TOO_LARGE(
      false,
      "The page is too large",
      "The body has more bytes than maxBytes allows, on the wire or decoded.",
      "Raise maxBytes, up to 64 MiB."),
  TOO_MANY_REDIRECTS(
      false,
      "The page redirects too often",
      "More redirects than are followed, or a loop of them.",
      "Scrape the final URL; check whether the site wants a cookie."),
  PROTOCOL_ERROR(
      false,
      "The answer was not proper HTTP",
      "What the server sent cannot be read as HTTP, or its headers are beyond all limits.",
      "Try the URL with another client."),
  CONNECTION_LOST(
      true,
      "The connection broke off",
      "The connection ended before the whole answer had come.",
      "Usually passing; the job is retried by itself."),
  CANCELLED(
      true, "The fetch was stopped", "The attempt was told to stop while it fetched.", "Retry it."),
  HTTP_STATUS(
      false,
      "The site answered with an error status",
      "The final answer's status is outside 2xx; upstreamStatus holds it.",
      "408, 425, 429, 500, 502, 503 and 504 are retried by themselves. For others check the URL."),
  ROBOTS_DISALLOWED(
      false,
      "The site's robots.txt forbids this page",
      "robots.txt (RFC 9309) disallows the path for this service.",
      "Respect it, or set robots to ignore where you may."),
  ROBOTS_UNAVAILABLE(
      true,
      "The site's robots.txt could not be read",
      "robots.txt answered with a server error or not at all, which RFC 9309 treats as disallowed.",
      "Usually passing; the job is retried by itself."),
  BAD_ENCODING(
      false,
      "The body could not be decoded",
      "The body is not what its Content-Encoding says, or is coded too often.",
      "Check what the server sends."),
  UNSUPPORTED_CONTENT(
      false,
      "The page is not text",
      "The content type is binary, and the formats asked for need text.",
      "Scrape pages of text; images and documents are not read."),
  EXTRACT_REQUIRED(
      false,
      "A required field is missing on the page",
      "A field marked required was not found; the detail names its path.",
      "Correct the selector, or give the field a default.");

  private final boolean retryable;
  private final String title;
  private final String meaning;
  private final String remedy;

  ScrapeProblem(boolean retryable, String title, String meaning, String remedy) {
    this.retryable = retryable;
    this.title = title;
    this.meaning = meaning;
    this.remedy = remedy;
  }

  String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  JobError error(String detail) {
    return new JobError(slug(), title, detail, retryable, Map.of());
  }

  JobError error(String detail, boolean retryableHere) {
    return new JobError(slug(), title, detail, retryableHere, Map.of());
  }

  static ScrapeProblem of(FetchFailure failure) {
    return switch (failure) {
      case URL_BLOCKED -> URL_BLOCKED;
      case INVALID_URL -> INVALID_URL;
      case DNS_FAILED -> DNS_FAILED;
      case CONNECT_FAILED -> CONNECT_FAILED;
      case TLS_FAILED -> TLS_FAILED;
      case TIMED_OUT -> TIMED_OUT;
      case TOO_LARGE -> TOO_LARGE;
      case TOO_MANY_REDIRECTS -> TOO_MANY_REDIRECTS;
      case PROTOCOL_ERROR -> PROTOCOL_ERROR;
      case CONNECTION_LOST -> CONNECTION_LOST;
      case REFUSED_BY_GATE -> ROBOTS_DISALLOWED;
      case CANCELLED -> CANCELLED;
    };
  }

  /** Tells the problem pages. */
  @Component
  static final class Catalogue implements ProblemKind.Catalogue {
    @Override
    public List<ProblemKind> kinds() {
      return Arrays.stream(values())
          .map(p -> new ProblemKind(p.slug(), p.title, p.meaning, p.remedy))
          .toList();
    }
  }
}
