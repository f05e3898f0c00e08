package io.threadmill.egress;

import java.util.Locale;

/** Why a fetch had no response. */
public enum FetchFailure {
  /** The host or port is not open to fetches; nothing was dialled. */
  URL_BLOCKED,
  /** The URL, or that of a redirect, is not an absolute http or https URL. */
  INVALID_URL,
  /** The name could not be resolved. */
  DNS_FAILED,
  /** No connection could be opened. */
  CONNECT_FAILED,
  /** The TLS handshake or the certificate check failed. */
  TLS_FAILED,
  /** The deadline of the whole fetch passed. */
  TIMED_OUT,
  /** The body has more bytes than the request allows. */
  TOO_LARGE,
  /** More redirects than the request allows, or a loop of them. */
  TOO_MANY_REDIRECTS,
  /** What came was not HTTP, or was beyond the limits of headers. */
  PROTOCOL_ERROR,
  /** The connection ended before the response did. */
  CONNECTION_LOST,
  /** A gate refused a redirect. */
  REFUSED_BY_GATE,
  /** The fetching thread was interrupted, or the service is stopping. */
  CANCELLED;

  /** The stable word for programs, such as {@code url-blocked}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
