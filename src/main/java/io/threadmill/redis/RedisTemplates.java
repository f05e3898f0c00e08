package io.threadmill.redis;

import io.threadmill.batch.Template;
import io.threadmill.batch.TemplateRepository;
import io.threadmill.batch.Templates;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.redis.RedisScripts.Script;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RFuture;
import org.redisson.api.RMap;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;
import tools.jackson.databind.json.JsonMapper;

/** Templates in one hash, name to JSON. Thread-safe. */
final class RedisTemplates implements TemplateRepository {

  private final RMap<String, String> kept;
  private final RedisScripts scripts;
  private final JsonMapper mapper;

  RedisTemplates(RedissonClient redisson, RedisScripts scripts, JsonMapper mapper) {
    kept = redisson.getMap(RedisScripts.PREFIX + "templates", StringCodec.INSTANCE);
    this.scripts = scripts;
    this.mapper = mapper;
  }

  @Override
  public Kept put(Template template) {
    String answer =
        scripts.onceText(
            Script.TEMPLATE,
            List.of(
                template.name(),
                mapper.writeValueAsString(template.shape()),
                Integer.toString(Templates.MOST)));
    return switch (answer) {
      case "N" -> Kept.NEW;
      case "R" -> Kept.REPLACED;
      default -> Kept.TOO_MANY;
    };
  }

  @Override
  public Optional<Template> find(String name) {
    return Optional.ofNullable(ask(kept.getAsync(name))).map(json -> template(name, json));
  }

  @Override
  public List<Template> all() {
    return ask(kept.readAllEntrySetAsync()).stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> template(entry.getKey(), entry.getValue()))
        .toList();
  }

  @Override
  public boolean remove(String name) {
    return ask(kept.fastRemoveAsync(name)) > 0;
  }

  private Template template(String name, String json) {
    return new Template(name, mapper.readTree(json));
  }

  private <T extends @Nullable Object> T ask(RFuture<T> asked) {
    try {
      return Answers.within(scripts.patience(), asked);
    } catch (RedisException away) {
      throw new StoreUnavailable("Redis did not answer", away);
    }
  }
}
