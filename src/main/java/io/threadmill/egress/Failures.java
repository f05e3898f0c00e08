package io.threadmill.egress;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.time.Duration;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.TruncatedChunkException;

/**
 * What went wrong, in the product's words. Messages of the client and the JDK are never shown: they
 * hold resolved addresses.
 */
final class Failures {

  /** One sentence for address, name and port, so that nobody learns what stands behind a name. */
  private static final String BLOCKED =
      "this address is not open to fetches: it is private, local, reserved or not public, or its"
          + " port is not open; an operator opens addresses with threadmill.egress.allow and ports"
          + " with threadmill.egress.ports";

  private Failures() {}

  static Failed blocked() {
    return new Failed(FetchFailure.URL_BLOCKED, BLOCKED, false);
  }

  static Failed cancelled() {
    return new Failed(FetchFailure.CANCELLED, "the fetch was cancelled", false);
  }

  static Failed timedOut(Target target, Duration timeout) {
    return new Failed(
        FetchFailure.TIMED_OUT,
        "no complete response from %s within %d ms"
            .formatted(target.hostPort(), timeout.toMillis()),
        true);
  }

  static Failed tooLarge(long bytes, boolean announced, long limit) {
    return new Failed(
        FetchFailure.TOO_LARGE,
        announced
            ? "the body is %d bytes, more than the %d allowed".formatted(bytes, limit)
            : "the body is at least %d bytes, more than the %d allowed".formatted(bytes, limit),
        false);
  }

  static Failed tooManyRedirects(int followed, Target next) {
    return new Failed(
        FetchFailure.TOO_MANY_REDIRECTS,
        "more than %d redirects; the next would lead to %s".formatted(followed, next.hostPort()),
        false);
  }

  static Failed redirectLoop(Target next) {
    return new Failed(
        FetchFailure.TOO_MANY_REDIRECTS,
        "a redirect of %s leads to where the fetch has been".formatted(next.hostPort()),
        false);
  }

  static Failed protocol(Target target, String what) {
    return new Failed(
        FetchFailure.PROTOCOL_ERROR, "%s %s".formatted(target.hostPort(), what), false);
  }

  /** What an exception of the client means, by how far the hop had come. */
  static Failed of(IOException thrown, Exchange exchange, Target target) {
    return switch (exchange.phase()) {
      case WAITING, TRANSFER -> inTransfer(thrown, target);
      case LOOKUP ->
          // The message is one of PinnedDns and Lookups.
          new Failed(
              FetchFailure.DNS_FAILED,
              "%s could not be resolved: %s".formatted(target.host(), thrown.getMessage()),
              true);
      case CONNECT ->
          new Failed(
              FetchFailure.CONNECT_FAILED,
              thrown instanceof SocketTimeoutException
                  ? "%s did not accept a connection in time".formatted(target.hostPort())
                  : "%s could not be connected to".formatted(target.hostPort()),
              true);
      case TLS -> inHandshake(thrown, target);
    };
  }

  private static Failed inHandshake(IOException thrown, Target target) {
    boolean certificate =
        thrown instanceof SSLPeerUnverifiedException
            || causedBy(thrown, CertificateException.class);
    boolean passing =
        thrown instanceof SocketTimeoutException
            || causedBy(thrown, SocketException.class)
            || causedBy(thrown, EOFException.class);
    return new Failed(
        FetchFailure.TLS_FAILED,
        certificate
            ? "the certificate of %s is not trusted or not for that name"
                .formatted(target.hostPort())
            : "the TLS handshake with %s failed".formatted(target.hostPort()),
        passing && !certificate);
  }

  private static Failed inTransfer(IOException thrown, Target target) {
    String host = target.hostPort();
    return switch (thrown) {
      case ConnectionRequestTimeoutException _ ->
          new Failed(FetchFailure.TIMED_OUT, "no connection to " + host + " became free", true);
      case SocketTimeoutException _ ->
          new Failed(FetchFailure.TIMED_OUT, host + " stopped answering", true);
      case NoHttpResponseException _ -> lost(host + " closed the connection without a response");
      case ConnectionClosedException _ ->
          lost(host + " closed the connection before the response was complete");
      case TruncatedChunkException _ ->
          lost(host + " closed the connection before the response was complete");
      case MalformedChunkCodingException _ -> protocol(target, "sent a malformed chunked body");
      case MessageConstraintException _ -> headTooLarge(target);
      case ClientProtocolException e when e.getCause() instanceof MessageConstraintException ->
          headTooLarge(target);
      case ClientProtocolException _ -> protocol(target, "did not answer in HTTP/1.1");
      default -> lost("the connection to " + host + " was lost");
    };
  }

  private static Failed headTooLarge(Target target) {
    return protocol(
        target,
        "sent a head or trailer beyond the limits: %d headers, %d bytes a line"
            .formatted(HttpClients.MOST_HEADERS, HttpClients.LONGEST_LINE));
  }

  private static Failed lost(String detail) {
    return new Failed(FetchFailure.CONNECTION_LOST, detail, true);
  }

  /** Looks a bounded way down the causes. */
  private static boolean causedBy(Throwable thrown, Class<? extends Throwable> type) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (type.isInstance(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
