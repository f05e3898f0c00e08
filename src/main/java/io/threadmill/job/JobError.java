package io.threadmill.job;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why an attempt or a job failed, as the problem object a client reads (RFC 9457) with a {@code
 * retryable} flag.
 *
 * @param slug the last part of {@code /problems/<slug>}, from a fixed set: never user text
 * @param detail safe to show; no address, no stack, no message of unknown origin
 * @param extensions further members of the problem, such as {@code upstreamStatus}
 */
public record JobError(
    String slug, String title, String detail, boolean retryable, Map<String, Object> extensions) {

  /** Longest detail kept, in characters. */
  public static final int MAX_DETAIL = 1024;

  public JobError {
    if (detail.length() > MAX_DETAIL) {
      detail = detail.substring(0, MAX_DETAIL - 1) + "…";
    }
    extensions = Map.copyOf(extensions);
  }

  public static JobError retryable(String slug, String title, String detail) {
    return new JobError(slug, title, detail, true, Map.of());
  }

  public static JobError terminal(String slug, String title, String detail) {
    return new JobError(slug, title, detail, false, Map.of());
  }

  public JobError with(String name, Object value) {
    var extended = new LinkedHashMap<>(extensions);
    extended.put(name, value);
    return new JobError(slug, title, detail, retryable, extended);
  }

  /** The same, not tried again. */
  public JobError lastOfAll() {
    return new JobError(slug, title, detail, false, extensions);
  }

  public JobError withoutExtensions() {
    return new JobError(slug, title, detail, retryable, Map.of());
  }

  /** The members of the problem object, in the order in which they are shown. */
  public Map<String, Object> members() {
    var members = new LinkedHashMap<String, Object>();
    members.put("type", "/problems/" + slug);
    members.put("title", title);
    members.put("detail", detail);
    members.put("retryable", retryable);
    members.putAll(extensions);
    return members;
  }
}
