package io.threadmill.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.ThreadmillApplication;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Dockerfile keeps every rule, and every rule sees the file that breaks it. */
class DockerfileTests {

  private static final String TEXT = Compose.read("Dockerfile");
  private static final String IGNORED = Compose.read(".dockerignore");

  @Test
  void theFileKeepsEveryRule() {
    assertThat(DockerfileRules.complaints(TEXT, IGNORED)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          25.0.3_9-jre-noble | 25-jre | eclipse-temurin:25-jre is not pinned
          25.0.3_9-jre-noble | 25.0.4_7-jre-noble | the stages run different JDKs
          USER 10001:10001 | USER threadmill | runs as root or by name
          USER 10001:10001 | USER 0:0 | runs as root or by name
          STOPSIGNAL SIGTERM | STOPSIGNAL SIGKILL | is stopped otherwise
          EXPOSE 8080 | EXPOSE 80 | exposes another port
          mkdir plugins data | apt-get install -y less | brings or needs tools: groupadd --gid 10001 threadmill && useradd --uid 10001 --gid 10001 --home-dir /opt/threadmill --no-create-home --shell /usr/sbin/nologin threadmill && apt-get install -y less && chown 10001:10001 data
          ENV SERVER_ADDRESS=0.0.0.0 | ENV THREADMILL_ACCESS_KEYS_MAIN=x | holds a secret: THREADMILL_ACCESS_KEYS_MAIN=x
          COPY .mvn .mvn | ADD .mvn .mvn | adds rather than copies: .mvn .mvn
          --timeout=5s | '' | the health check is not bounded
          HEALTHCHECK | LABEL | no health check
          ENTRYPOINT ["java", | ENTRYPOINT ["sh", "-c", "java", | a shell stands between the engine and the service
          ENTRYPOINT ["java", "@/opt/threadmill/jvm.options", | ENTRYPOINT ["java", "-Xmx1g", | not the same options in training
          "-cp", "/opt/threadmill/threadmill.jar:/opt/threadmill/plugins/*" | "-cp", "/opt/threadmill/threadmill.jar" | not the same class path
          "-cp", "/opt/threadmill/threadmill.jar:/opt/threadmill/plugins/*" | "-cp", "/opt/threadmill/threadmill.jar" | no plugins
          AOTCache=/opt/threadmill/threadmill.aot | AOTCache=/threadmill.aot | the cache that is started with is not the trained one
          COPY --from=training /opt/threadmill/threadmill.aot ./ | LABEL x=y | the cache that is started with is not the trained one
          -Xmx1g | -Xmx | the cache depends on the memory of the building machine
          AOTCacheOutput= | AOTCache= | nothing is trained
          -Dspring.context.exit=onRefresh | -Dx=y | the training does not end
          FROM layout AS training | FROM build AS training | the cache is trained in another layout
          touch -d 2026-01-01T00:00:00Z | ls | time stamps are left to chance
          COPY --from=build /layers/dependencies/ ./ | LABEL x=y | the layers are not copied in the order in which they change
          COPY .mvn .mvn | COPY .mvm .mvn | .mvm is not there
          COPY .mvn .mvn | COPY docs docs | docs is kept out by .dockerignore
          """)
  void aBrokenFileIsFound(String from, String to, String complaint) {
    assertThat(TEXT).contains(from);
    assertThat(DockerfileRules.complaints(TEXT.replace(from, to), IGNORED)).contains(complaint);
  }

  @Test
  void onlyWhatTheImageIsBuiltFromEntersTheBuild() {
    var ignore = DockerIgnore.of(IGNORED);
    assertThat(
            Stream.of(
                ".git",
                ".env",
                "target/threadmill.jar",
                "data/redis",
                "src/test/java",
                "README.md",
                "deploy/haproxy/haproxy.cfg"))
        .noneMatch(ignore::admits);
    assertThat(
            java.util.stream.Stream.of("src/main/java/io/threadmill", "pom.xml", "deploy/health"))
        .allMatch(ignore::admits);
  }

  @Test
  void theMainClassIsOurs() {
    assertThat(TEXT.split(ThreadmillApplication.class.getName().replace(".", "\\."), -1))
        .hasSize(3);
  }

  @Test
  void theOptionsAreThoseThatTheDocsExplain() {
    assertThat(Compose.read("deploy/jvm.options").lines().filter(line -> line.startsWith("-")))
        .containsExactly(
            "-XX:MaxRAMPercentage=60",
            "-XX:+UseG1GC",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.io.tmpdir=/tmp",
            "--enable-native-access=ALL-UNNAMED");
  }
}
