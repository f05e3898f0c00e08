package io.threadmill.batch;

import io.threadmill.batch.TemplateRepository.Kept;
import io.threadmill.job.JobRequest;
import io.threadmill.job.JobTypes;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Service;

/** All that a client can do with templates. Thread-safe. */
@Service
public class Templates {

  /** Some hundred shapes are a catalogue; more of them are data, which belongs into params. */
  public static final int MOST = 500;

  /** Of one template's body; so the list of all stays below 32 MiB. */
  public static final int MOST_BYTES = 64 * 1024;

  private final TemplateRepository repository;
  private final JobTypes types;

  Templates(TemplateRepository repository, JobTypes types) {
    this.repository = repository;
    this.types = types;
  }

  /**
   * Keeps a template whose request has been read.
   *
   * @throws io.threadmill.job.InvalidJob naming each fault of what the template says; what it
   *     leaves to its jobs is checked with them
   */
  public Kept put(Template template, JobRequest request) {
    types.checkShape(request);
    return repository.put(template);
  }

  public Optional<Template> find(String name) {
    return repository.find(name);
  }

  /**
   * The template that a job or batch names.
   *
   * @throws io.threadmill.job.InvalidJob when there is none of this name
   */
  public Template named(String name) {
    return (Template.isName(name) ? repository.find(name) : Optional.<Template>empty())
        .orElseThrow(() -> Template.unknown(name));
  }

  public List<Template> all() {
    return repository.all();
  }

  public boolean remove(String name) {
    return repository.remove(name);
  }
}
