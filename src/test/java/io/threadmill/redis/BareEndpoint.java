package io.threadmill.redis;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.redisson.Redisson;
import org.redisson.api.RScript;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import tools.jackson.databind.JsonNode;

/**
 * What {@code ./bench/run queue} stands beside single submissions: the least that such an endpoint
 * can do. It reads the same body, keeps its params by one EVAL, answers 202 and runs nothing. On
 * the same libraries, with virtual threads and a Redis client as wide as the service's. Not a
 * component, so that no scan of the service's finds it. Argument: {@code --redis=URL}.
 */
@EnableAutoConfiguration
final class BareEndpoint {

  private static final String KEEP =
      """
      local id = redis.call('INCR', KEYS[1])
      redis.call('SET', KEYS[1] .. ':' .. id, ARGV[1])
      redis.call('LPUSH', KEYS[1] .. ':waiting', id)
      return tostring(id)
      """;

  private record Submission(String type, JsonNode params) {}

  public static void main(String[] args) {
    SpringApplication.run(BareEndpoint.class, args);
  }

  @Bean(destroyMethod = "shutdown")
  RedissonClient redisson(Environment environment) {
    var config = new Config();
    config.setCodec(StringCodec.INSTANCE);
    config.setThreads(4);
    config.setNettyThreads(4);
    config.useSingleServer().setAddress(environment.getRequiredProperty("redis"));
    return Redisson.create(config);
  }

  @Bean
  RouterFunction<ServerResponse> jobs(RedissonClient redisson) {
    RScript script = redisson.getScript(StringCodec.INSTANCE);
    return RouterFunctions.route().POST("/v1/jobs", request -> keep(script, request)).build();
  }

  private static ServerResponse keep(RScript script, ServerRequest request) throws Exception {
    Submission submission = request.body(Submission.class);
    String id =
        script.eval(
            RScript.Mode.READ_WRITE,
            KEEP,
            RScript.ReturnType.STRING,
            List.of("{bare}"),
            submission.params().toString());
    return ServerResponse.accepted()
        .location(URI.create("/v1/jobs/" + id))
        .body(Map.of("id", id, "type", submission.type(), "state", "queued"));
  }
}
