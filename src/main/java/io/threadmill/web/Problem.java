package io.threadmill.web;

import java.util.Arrays;

/** Every problem that a route can answer with. Each has a page under {@code /problems/<slug>}. */
public enum Problem {
  BAD_REQUEST(
      400,
      "bad-request",
      "The request is malformed",
      "A header, a query parameter or the path does not have the form the route expects.",
      "Read the detail: it names the part and the form expected."),
  MALFORMED_JSON(
      400,
      "malformed-json",
      "The body is not the JSON expected",
      "The body is not valid JSON, holds a field twice or one that is not known, or ends too late.",
      "Read the detail and the pointer; correct the body and send it again."),
  UNAUTHENTICATED(
      401,
      "unauthenticated",
      "A key is needed",
      "The call carries no key, or none that this service knows.",
      "Send `Authorization: Bearer <key>` with a key configured under threadmill.access.keys."),
  INSUFFICIENT_SCOPE(
      403,
      "insufficient-scope",
      "The key may not do this",
      "The key is known, but its scopes do not cover this call.",
      "Use another key, or add the scope under threadmill.access.scopes.<name>."),
  FORBIDDEN_HOST(
      403,
      "forbidden-host",
      "The Host header is not accepted",
      "A service without keys answers only calls to localhost, 127.0.0.1 or [::1].",
      "Call it by one of these names, or configure a key."),
  NOT_FOUND(
      404,
      "not-found",
      "There is nothing here",
      "No route or page has this path.",
      "Check the path; the routes are listed in the documentation."),
  JOB_NOT_FOUND(
      404,
      "job-not-found",
      "There is no such job",
      "No job has this id: it never existed, was deleted, or its time of retention is over.",
      "Check the id. Ended jobs are kept for threadmill.result.ttl."),
  FUNCTION_NOT_FOUND(
      404,
      "function-not-found",
      "There is no such function",
      "No compute function has this name.",
      "Check the name; GET /v1/functions lists those there are."),
  BATCH_NOT_FOUND(
      404,
      "batch-not-found",
      "There is no such batch",
      "No batch has this id: it never existed, was deleted, or its time of retention is over.",
      "Check the id. Ended batches are kept for threadmill.result.ttl."),
  DELIVERY_NOT_FOUND(
      404,
      "delivery-not-found",
      "There is no such delivery",
      "No webhook delivery has this number, or its time of retention is over.",
      "Check the number; GET /v1/jobs/{id}/deliveries, or /v1/batches/{id}/deliveries, lists those there are."),
  TEMPLATE_NOT_FOUND(
      404,
      "template-not-found",
      "There is no such template",
      "No template has this name.",
      "Check the name; GET /v1/templates lists those there are."),
  LIMIT_NOT_FOUND(
      404,
      "limit-not-found",
      "The key has no limit",
      "No limit is set for this key; jobs with it are only a group for fairness.",
      "Check the key; set a limit with PUT."),
  METHOD_NOT_ALLOWED(
      405,
      "method-not-allowed",
      "The path does not take this method",
      "The path exists, but not for this method.",
      "Use one of the methods in the Allow header."),
  NOT_ACCEPTABLE(
      406,
      "not-acceptable",
      "None of the accepted media types can be given",
      "The Accept header excludes what this route gives.",
      "Accept application/json, or leave the header out."),
  BATCH_CUT_OFF(
      408,
      "batch-cut-off",
      "The batch was cut off",
      "Its items stopped coming, or could not be written for too long. What came before is kept in the batch"
          + " that `batchId` names, closed with `truncated`.",
      "Look at the batch; submit the items that are not in it as another."),
  JOB_NOT_FINISHED(
      409,
      "job-not-finished",
      "The job has not ended",
      "What was asked for exists only once the job has ended.",
      "Wait for the job: poll it, use Prefer: wait=N, or follow its events."),
  JOB_FINISHED(
      409,
      "job-finished",
      "The job has ended",
      "The job has already ended otherwise; it cannot be cancelled any more.",
      "Nothing is to be done; its result or error can be read."),
  JOB_FAILED(
      409,
      "job-failed",
      "The job failed and has no result",
      "The job ended without a result. The problem carries the job's error.",
      "Read the error; retry the job with POST /v1/jobs/{id}/retry."),
  JOB_CANCELLED(
      409,
      "job-cancelled",
      "The job was cancelled and has no result",
      "The job was cancelled before it had a result.",
      "Retry it with POST /v1/jobs/{id}/retry."),
  JOB_NOT_RETRYABLE(
      409,
      "job-not-retryable",
      "The job cannot be retried now",
      "Only a failed or cancelled job can be queued again.",
      "Wait until it has ended; a job that succeeded is submitted anew instead."),
  NO_PARTIAL_RESULTS(
      409,
      "no-partial-results",
      "The job has no partial results",
      "Jobs of this type give their result at their end only.",
      "Ask again without partial=true once the job has ended."),
  BATCH_FINISHED(
      409,
      "batch-finished",
      "The batch has ended",
      "All rows of the batch have ended; it cannot be cancelled any more.",
      "Nothing is to be done; its results can be read."),
  BATCH_NOT_FINISHED(
      409,
      "batch-not-finished",
      "The batch has not ended",
      "Only a batch whose rows have all ended can be deleted.",
      "Wait for its end, or cancel it first."),
  BATCH_NOT_RETRYABLE(
      409,
      "batch-not-retryable",
      "The batch has no rows to retry",
      "No row of the batch has failed, its lines still come in, or it is being cancelled.",
      "Look at its counts; a row that was cancelled is retried by itself."),
  TOO_MANY_TEMPLATES(
      409,
      "too-many-templates",
      "There are as many templates as may be",
      "A template of a new name would be one too many. Nothing was written.",
      "Delete templates that are not used, or replace one."),
  LEASE_LOST(
      409,
      "lease-lost",
      "The attempt no longer counts",
      "Another attempt of the job has taken its place.",
      "Nothing is to be done; the other attempt goes on."),
  TOO_MANY_LIMITS(
      409,
      "too-many-limits",
      "Too many limits are set",
      "As many keys have a limit as may. Nothing was written.",
      "Delete limits that are not needed any more."),
  PAYLOAD_TOO_LARGE(
      413,
      "payload-too-large",
      "The request is too large",
      "The body or a part of it is over a size limit.",
      "Send less; the detail names the part and its limit."),
  UNSUPPORTED_MEDIA_TYPE(
      415,
      "unsupported-media-type",
      "The body's media type is not taken",
      "The route does not read bodies of this media type.",
      "Send the body with a Content-Type that the detail names."),
  INVALID_JOB(
      422,
      "invalid-job",
      "The job is not valid",
      "The body is well-formed, but describes a job that cannot run. Each error names its field.",
      "Correct the fields named under errors."),
  INVALID_LIMIT(
      422,
      "invalid-limit",
      "The limit is not valid",
      "The body is well-formed, but holds no limit that could be kept. Each error names its field.",
      "Correct the fields named under errors."),
  IDEMPOTENCY_CONFLICT(
      422,
      "idempotency-conflict",
      "The Idempotency-Key was used with another body",
      "Within 24 hours the same key may only repeat the same request.",
      "Use a new key for a new job."),
  INTERNAL_ERROR(
      500,
      "internal-error",
      "Something went wrong here",
      "The service met a fault of its own; its log tells more.",
      "Try again; where it lasts, look at the log or report it."),
  BACKLOG_FULL(
      503,
      "backlog-full",
      "The backlog is full",
      "As much unfinished work is stored as may be. Nothing was written; of a batch, what `batchId`"
          + " names.",
      "Try again after Retry-After; add instances, or raise threadmill.queue.max-jobs or max-bytes."),
  STORE_UNAVAILABLE(
      503,
      "store-unavailable",
      "Redis is away",
      "Redis did not answer in time. A write may or may not have happened.",
      "Try again after Retry-After, with an Idempotency-Key so that nothing is done twice."),
  DRAINING(
      503,
      "draining",
      "This instance is stopping",
      "The instance takes no new work. Nothing was written.",
      "Send the call to another instance, or again after Retry-After."),
  OVERLOADED(
      503,
      "overloaded",
      "Too many calls wait here",
      "As many calls wait on this instance as may.",
      "Try again after Retry-After, or use more instances.");

  private final int status;
  private final String slug;
  private final String title;
  private final String meaning;
  private final String remedy;

  Problem(int status, String slug, String title, String meaning, String remedy) {
    this.status = status;
    this.slug = slug;
    this.title = title;
    this.meaning = meaning;
    this.remedy = remedy;
  }

  /** What an answer of the container's own stands for. */
  static Problem ofStatus(int status) {
    return Arrays.stream(values())
        .filter(known -> known.status == status && known != BATCH_CUT_OFF)
        .findFirst()
        .orElse(status >= 500 && status != 501 ? INTERNAL_ERROR : BAD_REQUEST);
  }

  public int status() {
    return status;
  }

  public String slug() {
    return slug;
  }

  public String title() {
    return title;
  }

  public String meaning() {
    return meaning;
  }

  public String remedy() {
    return remedy;
  }
}
