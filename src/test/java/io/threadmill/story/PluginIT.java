package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.example.collatz.Collatz;
import io.threadmill.ThreadmillApplication;
import io.threadmill.compute.ComputeContext;
import io.threadmill.compute.ComputeFunction;
import io.threadmill.compute.Functions;
import io.threadmill.compute.Output;
import io.threadmill.redis.RedisFixture;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.DefaultResourceLoader;

/** A jar beside the service brings a function, as {@code docs/compute.md} says. */
@ExtendWith(OutputCaptureExtension.class)
class PluginIT {

  private static final String IMPORTS =
      "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";

  /** Has the name of a function that is there. */
  static final class Impostor implements ComputeFunction<Impostor.Input> {

    record Input() {}

    @Override
    public String name() {
      return "primes";
    }

    @Override
    public int version() {
      return 1;
    }

    @Override
    public String description() {
      return "Takes another's name.";
    }

    @Override
    public Class<Input> inputType() {
      return Input.class;
    }

    @Override
    public String inputSchema() {
      return "{\"type\":\"object\"}";
    }

    @Override
    public String outputSchema() {
      return "{}";
    }

    @Override
    public String example() {
      return "{}";
    }

    @Override
    public Output compute(Input input, ComputeContext context) {
      return new Output.Json(0);
    }
  }

  @Test
  void aJarThatNamesItsFunctionIsAllThatIsNeeded(@TempDir Path folder) throws IOException {
    try (var loader = new URLClassLoader(new URL[] {jar(folder, Collatz.class)});
        var service = service(loader).run(settings())) {
      assertThat(service.getBean(Functions.class).describe("collatz")).isPresent();
      assertThat(service.getBean(Functions.class).describe("primes")).isPresent();
    }
  }

  @Test
  void aNameThatIsTakenEndsTheStartWithOneLine(@TempDir Path folder, CapturedOutput output)
      throws IOException {
    try (var loader = new URLClassLoader(new URL[] {jar(folder, Impostor.class)})) {
      Throwable failure =
          catchThrowable(() -> {
            try (var _ = service(loader).run(settings())) {
              // It should not have come to this.
            }
          });
      assertThat(failure).as("the start was not refused").isNotNull();
    }
    String log = output.toString();
    assertThat(log).doesNotContain("\tat ");
    assertThat(log.lines().filter(line -> line.contains(" ERROR ")))
        .singleElement()
        .asString()
        .contains("does not start: The compute function ")
        .contains("has the name \"primes\", and so has ");
  }

  private static URL jar(Path folder, Class<?> function) throws IOException {
    Path file = folder.resolve("plugin.jar");
    try (var jar = new JarOutputStream(Files.newOutputStream(file))) {
      jar.putNextEntry(new JarEntry(IMPORTS));
      jar.write((function.getName() + "\n").getBytes(StandardCharsets.UTF_8));
      jar.closeEntry();
    }
    return file.toUri().toURL();
  }

  private static SpringApplicationBuilder service(ClassLoader loader) {
    return new SpringApplicationBuilder(ThreadmillApplication.class)
        .resourceLoader(new DefaultResourceLoader(loader));
  }

  private static String[] settings() {
    return new String[] {"--server.port=0", "--spring.data.redis.url=" + RedisFixture.uri()};
  }
}
