package io.threadmill.batch;

import java.util.List;
import java.util.Optional;

/**
 * Where templates are kept, for all instances. Thread-safe. Each call throws {@link
 * io.threadmill.job.StoreUnavailable} when Redis is away.
 */
public interface TemplateRepository {

  /** Keeps a template, in place of the one of its name if there is one. */
  Kept put(Template template);

  Optional<Template> find(String name);

  /** All templates by name. */
  List<Template> all();

  /** False when there was none of this name. */
  boolean remove(String name);

  /** What became of a put. */
  enum Kept {
    NEW,
    REPLACED,
    /** There are as many as may be; nothing was written. */
    TOO_MANY
  }
}
