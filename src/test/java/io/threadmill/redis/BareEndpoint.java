package io.threadmill.redis;

import io.threadmill.job.Instance;
import java.util.List;
import org.redisson.api.RScript;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * The reference of {@code ./bench/run queue}: takes a POST and does one EVAL with its body, on the
 * same server, client and settings as the service. No annotation of it is one that a scan for
 * components finds.
 */
@EnableAutoConfiguration
public class BareEndpoint {

  private static final String SCRIPT =
      "redis.call('SET', '{bare}:last', ARGV[1]) return redis.call('INCR', '{bare}:count')";

  public static void main(String[] args) {
    SpringApplication.run(BareEndpoint.class, args);
  }

  @Bean(destroyMethod = "shutdown")
  RedissonClient redisson(@Value("${bare.redis}") String url) {
    return RedisConnection.open(RedisAddress.parse(url), new Instance("bare"));
  }

  @Bean
  RouterFunction<ServerResponse> route(RedissonClient redisson) {
    RScript script = redisson.getScript(StringCodec.INSTANCE);
    String sha = script.scriptLoad(SCRIPT);
    return RouterFunctions.route()
        .POST(
            "/",
            request -> {
              Object count =
                  script.evalSha(
                      RScript.Mode.READ_WRITE,
                      sha,
                      RScript.ReturnType.LONG,
                      List.of(),
                      request.body(String.class));
              return ServerResponse.accepted().body("{\"count\":" + count + "}");
            })
        .build();
  }
}
