package io.threadmill.job;

import java.util.List;

/**
 * A kind of problem that a job can end with; it has a page under {@code /problems/<slug>}.
 *
 * @param meaning what happened
 * @param remedy what to do about it
 */
public record ProblemKind(String slug, String title, String meaning, String remedy) {

  /** The kinds one room's jobs can end with; a bean of each room that has some. */
  public interface Catalogue {
    List<ProblemKind> kinds();
  }
}
