package io.threadmill.chaos;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.redisson.api.RBucket;
import org.redisson.api.RedissonClient;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;

/**
 * A planted fault in code: large results are stored a second after they should be, by when the
 * outcome that points to them is recorded.
 */
final class LateResults {

  private static final String RESULTS = "{tm}:o:";

  @Bean
  static BeanPostProcessor resultsComeLate() {
    return new BeanPostProcessor() {
      @Override
      public Object postProcessAfterInitialization(Object bean, String name) {
        return bean instanceof RedissonClient client ? late(client) : bean;
      }
    };
  }

  private static RedissonClient late(RedissonClient client) {
    return (RedissonClient)
        Proxy.newProxyInstance(
            RedissonClient.class.getClassLoader(),
            new Class<?>[] {RedissonClient.class},
            (_, method, args) -> {
              Object answer = call(client, method, args);
              boolean result =
                  answer instanceof RBucket<?> && String.valueOf(args[0]).startsWith(RESULTS);
              return result ? late((RBucket<?>) answer) : answer;
            });
  }

  private static Object late(RBucket<?> bucket) {
    return Proxy.newProxyInstance(
        RBucket.class.getClassLoader(),
        new Class<?>[] {RBucket.class},
        (_, method, args) -> {
          if (!method.getName().equals("set")) {
            return call(bucket, method, args);
          }
          CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS)
              .execute(() -> callQuietly(bucket, method, args));
          return null;
        });
  }

  private static Object call(Object target, java.lang.reflect.Method method, Object[] args)
      throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  private static void callQuietly(Object target, java.lang.reflect.Method method, Object[] args) {
    try {
      method.invoke(target, args);
    } catch (ReflectiveOperationException _) {
      // Too late indeed.
    }
  }
}
