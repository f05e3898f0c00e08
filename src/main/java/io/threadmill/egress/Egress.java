package io.threadmill.egress;

/**
 * The one door out. One bean; safe for use by many threads. Calls block and are meant for virtual
 * threads, where interruption closes the socket at once; on a platform thread it is noticed at the
 * next hop or look-up, and the deadline still holds.
 */
public interface Egress {

  /**
   * Fetches a URL, following redirects. What the network or the far server does is never thrown but
   * answered. Interruption aborts the exchange and answers {@link FetchFailure#CANCELLED}; the
   * thread's interrupt status stays set. What the request's gate throws goes through to the caller.
   */
  FetchOutcome fetch(FetchRequest request);

  /**
   * What the settings let through, as a text: equal for equal settings. An answer that was kept
   * under other ones may be of a place that is closed by now.
   */
  String policy();

  /**
   * The cheap check at submit, see {@link Target#parse}. It resolves nothing and does not refuse
   * blocked addresses; {@link #fetch} does.
   *
   * @throws InvalidUrl with a message fit for the detail of a 422
   */
  default Target parse(String url) {
    return Target.parse(url);
  }
}
