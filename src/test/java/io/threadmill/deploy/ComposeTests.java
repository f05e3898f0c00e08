package io.threadmill.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.redis.RedisFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The compose file keeps every rule, and every rule sees the file that breaks it. */
class ComposeTests {

  private static final String TEXT = Compose.read("docker-compose.yml");

  @Test
  void theFileKeepsEveryRule() {
    assertThat(ComposeRules.complaints(Compose.of(TEXT))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          haproxy:3.2.22-alpine | haproxy:latest | proxy: image not pinned
          prom/prometheus:v3.5.1 | prom/prometheus | prometheus: image not pinned
          redis:8.2.3-alpine | redis:8-alpine | redis: image not pinned
          read_only: true | read_only: false | redis: root is writable
          cap_drop: [ALL] | cap_drop: [NET_RAW] | threadmill-1: keeps capabilities
          user: redis | cap_add: [SETUID] | redis: adds capabilities
          user: redis | user: root | redis: runs as root
          user: redis | privileged: true | redis: sets privileged
          user: redis | network_mode: host | redis: sets network_mode
          no-new-privileges:true | label:disable | grafana: may gain privileges
          mem_limit: 256m | x: y | proxy: memory without limit
          pids_limit: 128 | x: y | prometheus: processes without limit
          init: true | init: false | threadmill-2: no init
          restart: unless-stopped | restart: always | grafana: does not start again
          max-size: 10m, | '' | proxy: log without limit
          networks: [backend] | ports: ["6379:6379"] | redis: is published
          networks: [backend] | networks: [backend, egress] | redis: has a way out
          networks: [backend] | x: y | redis: is on the default network
          networks: [metrics] | networks: [metrics, edge] | prometheus: has a way out
          networks: [metrics] | networks: [metrics, backend] | prometheus: reaches redis
          networks: [edge, front] | networks: [edge, backend] | proxy: reaches redis
          THREADMILL_PUBLISH:-127.0.0.1:8080 | THREADMILL_PUBLISH:-0.0.0.0:8080 | proxy: not on loopback
          GRAFANA_PUBLISH:-127.0.0.1:3000 | GRAFANA_PUBLISH:-3000 | grafana: not on loopback
          ./deploy/haproxy: | ./deploy/gone: | proxy: mounts ./deploy/gone, which is not there
          ./deploy/prometheus:/etc/prometheus:ro | ./deploy/prometheus:/etc/prometheus | prometheus: may write into the repository
          prometheus:/prometheus | /var/run/docker.sock:/prometheus | prometheus: holds the engine
          ${THREADMILL_KEY:? | ${THREADMILL_KEY:- | THREADMILL_KEY: may be missing, or its message helps nobody
          'PASSWORD:?is not set; make one with "openssl rand' | 'PASSWORD:?' | GRAFANA_PASSWORD: may be missing, or its message helps nobody
          THREADMILL_METRICS_KEY: ${THREADMILL_METRICS_KEY:? | THREADMILL_METRICS_KEY: ${THREADMILL_KEY:? | prometheus: the main key is in the wrong place
          GF_SECURITY_ADMIN_PASSWORD: ${GRAFANA_PASSWORD:? | GF_SECURITY_ADMIN_PASSWORD: admin # | grafana: holds a secret in clear
          SCOPES_METRICS: metrics:read | SCOPES_METRICS: metrics:read,jobs:read | threadmill-1: the metrics key may do more than read metrics
          GF_AUTH_ANONYMOUS_ENABLED: "false" | GF_AUTH_ANONYMOUS_ENABLED: "true" | grafana: open to everybody
          noeviction | allkeys-lru | redis: evicts
          - everysec | - "no" | redis: syncs otherwise
          - --appendonly | - --save | redis: no append-only file
          - 1gb | - 1500mb | redis: no memory for a rewrite
          MAXBYTES: 512MB | MAXBYTES: 800MB | threadmill-1: may fill redis
          MAXBYTES: 512MB | X: y | threadmill-2: may fill redis
          BUDGETBYTES: 128MB | BUDGETBYTES: 192MB | threadmill-1: its maps leave redis no room
          BUDGETBYTES: 128MB | X: y | threadmill-2: its maps leave redis no room
          redis: {condition: service_healthy} | redis: {condition: service_started} | threadmill-1: does not wait for redis
          stop_grace_period: 60s | stop_grace_period: 10s | threadmill-2: is killed while it stops
          stop_grace_period: 75s | x: y | proxy: no time to stop
          stop_grace_period: 75s | stop_grace_period: 60s | proxy: is killed while it stops
          healthcheck: | x: | redis: health is not checked
          pull_policy: never | build: . | not exactly one service builds the image
          build: . | pull_policy: never | not exactly one service builds the image
          pull_policy: never | x: y | threadmill-2: looks for our image at a registry
          """)
  void aBrokenFileIsFound(String from, String to, String complaint) {
    assertThat(TEXT).contains(from);
    String broken = TEXT.replace(from, to == null ? "" : to);
    assertThat(ComposeRules.complaints(Compose.of(broken))).contains(complaint);
  }

  @Test
  void bothInstancesAreAlikeAndKnownToProxyAndPrometheus() {
    var compose = Compose.of(TEXT);
    var names =
        compose.services().stream()
            .filter(Compose.Service::isOurs)
            .map(Compose.Service::name)
            .toList();
    assertThat(names).containsExactly("threadmill-1", "threadmill-2");
    String proxy = Compose.read("deploy/haproxy/haproxy.cfg");
    String prometheus = Compose.read("deploy/prometheus/prometheus.yml");
    for (String name : names) {
      assertThat(compose.service(name).text("hostname")).isEqualTo(name);
      assertThat(proxy).contains("-" + name + ":8080}\"");
      assertThat(prometheus).contains("- " + name + ":8080");
    }
  }

  @Test
  void theImageCarriesTheVersionOfTheBuild() {
    String version =
        Compose.read("pom.xml")
            .replaceAll("(?s).*<artifactId>threadmill</artifactId>\\s*<version>([^<]+)<.*", "$1");
    assertThat(Compose.of(TEXT).service("threadmill-1").text("image"))
        .isEqualTo("threadmill:" + version);
  }

  @Test
  void testsInContainersUseTheSameRedis() {
    assertThat(
            Compose.read(
                "src/test/java/" + RedisFixture.class.getName().replace('.', '/') + ".java"))
        .contains('"' + Compose.of(TEXT).service("redis").text("image") + '"');
  }

  @Test
  void whatTheMainFilesNameIsMountedWhereTheyExpectIt() {
    var compose = Compose.of(TEXT);
    assertThat(compose.service("proxy").list("volumes"))
        .contains("./deploy/haproxy:/usr/local/etc/haproxy:ro");
    assertThat(Path.of("deploy/haproxy/haproxy.cfg")).isRegularFile();
    assertThat(compose.service("prometheus").list("command"))
        .contains("--config.file=/etc/prometheus/prometheus.yml");
    assertThat(Compose.read("deploy/prometheus/prometheus.yml"))
        .contains("- /etc/prometheus/rules/*.yml");
    assertThat(compose.service("grafana").list("volumes"))
        .contains(
            "./deploy/grafana/provisioning:/etc/grafana/provisioning:ro",
            "./deploy/grafana/dashboards:/var/lib/grafana/dashboards:ro");
  }

  @Test
  void secretsStayOutOfGitAndOutOfTheImage() {
    assertThat(Compose.read(".gitignore").lines()).contains(".env");
    assertThat(DockerIgnore.of(Compose.read(".dockerignore")).admits(".env")).isFalse();
  }
}
