package io.threadmill.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.DurationText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Holds {@code docs/deploying.md} and the systemd unit to the files and settings they speak of. */
class DeployingDocsTests {

  private static final String PAGE = Compose.read("docs/deploying.md");
  private static final String UNIT = Compose.read("deploy/systemd/threadmill.service");
  private static final Compose COMPOSE = Compose.of(Compose.read("docker-compose.yml"));

  private static Set<String> found(String pattern) {
    return Pattern.compile(pattern)
        .matcher(PAGE)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Map<String, Object>> yaml() {
    List<Map<String, Object>> blocks = new ArrayList<>();
    Pattern.compile("(?s)```yaml\\n(.*?)```")
        .matcher(PAGE)
        .results()
        .forEach(block ->
            blocks.add(
                Compose.map(
                    new Yaml(new SafeConstructor(new LoaderOptions())).load(block.group(1)))));
    return blocks;
  }

  @Test
  void everyFileItNamesIsThere() {
    assertThat(found("`(deploy/[a-z./-]+)`"))
        .hasSizeGreaterThan(4)
        .allSatisfy(file -> assertThat(Path.of(file)).exists());
    assertThat(PAGE).contains("deploy/systemd/threadmill.service", "deploy/health", "Dockerfile");
  }

  @Test
  void everySettingItNamesIsDocumented() {
    assertThat(found("`((?:threadmill|spring|server|logging)\\.[a-z0-9.<>-]+)`"))
        .hasSizeGreaterThan(6)
        .isSubsetOf(SettingsTests.documented());
  }

  @Test
  void everyVariableItNamesIsKnownToComposeOrIsASetting() {
    Set<String> known = new TreeSet<>(Set.of("THREADMILL_NEXT_KEY"));
    COMPOSE.variables().forEach(variable -> known.add(variable.name()));
    assertThat(found("\\b((?:THREADMILL|SPRING|SERVER|GRAFANA)_[A-Z_]+)\\b"))
        .hasSizeGreaterThan(6)
        .allSatisfy(variable ->
            assertThat(known.contains(variable) || !SettingsTests.settingOf(variable).isEmpty())
                .as(variable)
                .isTrue());
  }

  @Test
  void everyVariableOfTheComposeFileIsExplained() {
    COMPOSE.variables().forEach(variable -> assertThat(PAGE).contains(variable.name()));
  }

  @Test
  void theServicesAndTheirPortsAreThoseOfTheFile() {
    for (var service : COMPOSE.services()) {
      assertThat(PAGE).contains("`" + service.name() + "`");
      for (String port : service.list("ports")) {
        String variable = port.substring(2, port.indexOf(':'));
        String standard = Compose.fill(port.substring(0, port.lastIndexOf(':')), Map.of());
        assertThat(PAGE).contains("| `" + standard + "`, else `" + variable + "` |");
      }
    }
    Set<String> names =
        COMPOSE.services().stream().map(Compose.Service::name).collect(Collectors.toSet());
    names.add("threadmill-3");
    assertThat(found("docker compose (?:[a-z-]+ )+(?:--[a-z-]+ )*(?:HUP )?([a-z]+(?:-\\d)?)\\b"))
        .isNotEmpty()
        .isSubsetOf(union(names, Set.of("build", "exec", "up", "cp")));
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    Set<String> all = new TreeSet<>(one);
    all.addAll(other);
    return all;
  }

  @Test
  void theLimitsAreThoseOfTheFiles() {
    var instance = COMPOSE.service("threadmill-1");
    var redis = COMPOSE.service("redis");
    var proxy = COMPOSE.service("proxy");
    String haproxy = Compose.read("deploy/haproxy/haproxy.cfg");
    assertThat(PAGE)
        .contains("| `mem_limit` of an instance | " + instance.text("mem_limit") + " |")
        .contains("| `stop_grace_period` of an instance | " + instance.text("stop_grace_period"))
        .contains("| `stop_grace_period` of the proxy | " + proxy.text("stop_grace_period"))
        .contains(
            "| `threadmill.queue.max-bytes` | "
                + instance.environment().get("THREADMILL_QUEUE_MAXBYTES"))
        .contains(
            "| `threadmill.cache.budget-bytes` | "
                + instance.environment().get("THREADMILL_CACHE_BUDGETBYTES"))
        .contains(
            "| `maxmemory`, `mem_limit` of `redis` | %s, %s |"
                .formatted(redis.flag("--maxmemory"), redis.text("mem_limit")))
        .contains("docker run", instance.text("image"));
    assertThat(haproxy).contains("maxconn 4096", "hard-stop-after 70s");
    assertThat(PAGE).contains("| 4096 |").contains("stops after 70 s");
  }

  @Test
  void theOverridesFitTheComposeFile() {
    for (var block : yaml()) {
      Compose.map(block.get("services"))
          .forEach((name, service) -> {
            Object extended = Compose.map(Compose.map(service).get("extends")).get("service");
            String existing = extended == null ? name : extended.toString();
            assertThat(COMPOSE.section("services")).containsKey(existing);
          });
    }
    assertThat(PAGE).contains("server threadmill-3 threadmill-3:8080");
  }

  @Test
  void theProbesAskOpenPagesOfTheRightPort() {
    var spec =
        yaml().stream()
            .filter(block -> block.containsKey("spec"))
            .map(block -> Compose.map(block.get("spec")))
            .findAny()
            .orElseThrow();
    var container = Compose.map(((List<?>) spec.get("containers")).getFirst());
    Map.of(
            "startupProbe", "liveness",
            "livenessProbe", "liveness",
            "readinessProbe", "readiness")
        .forEach((probe, group) ->
            assertThat(Compose.map(Compose.map(container.get(probe)).get("httpGet")))
                .isEqualTo(Map.of("path", "/actuator/health/" + group, "port", 8080)));
    assertThat((int) spec.get("terminationGracePeriodSeconds"))
        .isGreaterThanOrEqualTo(
            (int)
                DurationText.parse(COMPOSE.service("threadmill-1").text("stop_grace_period"))
                    .orElseThrow()
                    .toSeconds());
    String user = Dockerfile.of(Compose.read("Dockerfile")).last().last("USER");
    assertThat(user)
        .startsWith(Compose.map(container.get("securityContext")).get("runAsUser") + ":");
  }

  @Test
  void theUnitStopsTheServiceAsItNeeds() {
    assertThat(UNIT.lines())
        .contains("KillMode=mixed", "SuccessExitStatus=143", "Restart=on-failure")
        .contains("NoNewPrivileges=yes", "ProtectSystem=strict", "DynamicUser=yes")
        .contains("EnvironmentFile=/etc/threadmill.env")
        .anyMatch(line -> line.startsWith("ExecStart=") && line.endsWith("/threadmill.jar"));
    long stop = Long.parseLong(UNIT.replaceAll("(?s).*TimeoutStopSec=(\\d+).*", "$1"));
    assertThat(stop).isGreaterThanOrEqualTo(55);
    assertThat(PAGE).contains("`KillMode=mixed`", "`SuccessExitStatus=143`");
  }

  @Test
  void theReadmeSaysHowInShort() throws Exception {
    String readme = Compose.read("README.md");
    assertThat(readme).contains("## Deploy", "docker compose up", "docs/deploying.md");
    assertThat(Files.readAllLines(Path.of("README.md"))).hasSizeLessThan(200);
  }
}
