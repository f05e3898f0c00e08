package io.threadmill.deploy;

import io.threadmill.deploy.Compose.Service;
import io.threadmill.job.DurationText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What must hold for the compose file; each broken rule is one complaint. */
final class ComposeRules {

  private static final Pattern PINNED =
      Pattern.compile("[a-z/-]+:v?\\d+\\.\\d+\\.\\d+[A-Za-z0-9.-]*");
  private static final Set<String> PUBLISHED = Set.of("proxy", "grafana");
  private static final Set<String> SECRETS =
      Set.of("THREADMILL_KEY", "THREADMILL_METRICS_KEY", "GRAFANA_PASSWORD");

  private final Compose compose;
  private final List<String> complaints = new ArrayList<>();

  private ComposeRules(Compose compose) {
    this.compose = compose;
  }

  static List<String> complaints(Compose compose) {
    var rules = new ComposeRules(compose);
    compose.services().forEach(rules::posture);
    rules.builds();
    rules.networks();
    rules.variables();
    rules.keys();
    rules.redis();
    rules.stops();
    return rules.complaints;
  }

  private void must(boolean holds, String complaint) {
    if (!holds) {
      complaints.add(complaint);
    }
  }

  private void posture(Service service) {
    String name = service.name();
    must(PINNED.matcher(service.text("image")).matches(), name + ": image not pinned");
    must("true".equals(service.text("read_only")), name + ": root is writable");
    must(service.list("cap_drop").equals(List.of("ALL")), name + ": keeps capabilities");
    must(!service.fields().containsKey("cap_add"), name + ": adds capabilities");
    must(
        service.list("security_opt").contains("no-new-privileges:true"),
        name + ": may gain privileges");
    for (String open :
        List.of("privileged", "network_mode", "pid", "ipc", "devices", "userns_mode")) {
      must(!service.fields().containsKey(open), name + ": sets " + open);
    }
    must(service.fields().containsKey("mem_limit"), name + ": memory without limit");
    must(service.fields().containsKey("pids_limit"), name + ": processes without limit");
    must("true".equals(service.text("init")), name + ": no init");
    must("unless-stopped".equals(service.text("restart")), name + ": does not start again");
    must(service.fields().containsKey("stop_grace_period"), name + ": no time to stop");
    must(
        service.isOurs() || service.fields().containsKey("healthcheck"),
        name + ": health is not checked");
    var options = Compose.map(Compose.map(service.fields().get("logging")).get("options"));
    must(
        options.containsKey("max-size") && options.containsKey("max-file"),
        name + ": log without limit");
    must(!"root".equals(service.text("user")), name + ": runs as root");
    service
        .list("ports")
        .forEach(port -> {
          must(PUBLISHED.contains(name), name + ": is published");
          must(
              port.matches("\\$\\{[A-Z_]+:-127\\.0\\.0\\.1:\\d+}:\\d+"),
              name + ": not on loopback");
        });
    for (String mount : service.mounts()) {
      must(Files.isDirectory(Path.of(mount)), name + ": mounts " + mount + ", which is not there");
    }
    must(
        service.list("volumes").stream()
            .filter(volume -> volume.startsWith("."))
            .allMatch(volume -> volume.endsWith(":ro")),
        name + ": may write into the repository");
    must(!service.fields().toString().contains("docker.sock"), name + ": holds the engine");
  }

  /** Compose builds its services at once, and two builds of one image get in each other's way. */
  private void builds() {
    List<Service> ours = compose.services().stream().filter(Service::isOurs).toList();
    must(
        ours.stream().filter(service -> service.fields().containsKey("build")).count() == 1,
        "not exactly one service builds the image");
    for (Service service : ours) {
      must(
          service.fields().containsKey("build") || service.text("pull_policy").equals("never"),
          service.name() + ": looks for our image at a registry");
    }
  }

  private void networks() {
    var networks = compose.section("networks");
    for (String hidden : List.of("redis", "prometheus")) {
      List<String> joined = compose.service(hidden).list("networks");
      must(!joined.isEmpty(), hidden + ": is on the default network");
      for (String network : joined) {
        must(
            Boolean.TRUE.equals(Compose.map(networks.get(network)).get("internal")),
            hidden + ": has a way out");
      }
    }
    for (Service service : compose.services()) {
      if (!service.isOurs() && !service.name().equals("redis")) {
        must(
            service.list("networks").stream()
                .noneMatch(compose.service("redis").list("networks")::contains),
            service.name() + ": reaches redis");
      }
    }
  }

  private void variables() {
    for (var variable : compose.variables()) {
      if (SECRETS.contains(variable.name())) {
        must(
            variable.kind().equals(":?") && variable.rest().contains("openssl rand"),
            variable.name() + ": may be missing, or its message helps nobody");
      } else {
        must(variable.kind().equals(":-"), variable.name() + ": has no default");
      }
    }
  }

  private void keys() {
    for (Service service : compose.services()) {
      boolean seesMain = service.fields().toString().contains("${THREADMILL_KEY:");
      must(seesMain == service.isOurs(), service.name() + ": the main key is in the wrong place");
      service
          .environment()
          .forEach((name, value) ->
              must(
                  !name.matches(".*(PASSWORD|_KEY|KEYS_\\w+)") || value.startsWith("${"),
                  service.name() + ": holds a secret in clear"));
      if (service.isOurs()) {
        must(
            "metrics:read".equals(service.environment().get("THREADMILL_ACCESS_SCOPES_METRICS")),
            service.name() + ": the metrics key may do more than read metrics");
      }
    }
    must(
        !"true".equals(compose.service("grafana").environment().get("GF_AUTH_ANONYMOUS_ENABLED")),
        "grafana: open to everybody");
  }

  private void redis() {
    Service redis = compose.service("redis");
    must(redis.flag("--appendonly").equals("yes"), "redis: no append-only file");
    must(redis.flag("--appendfsync").equals("everysec"), "redis: syncs otherwise");
    must(redis.flag("--maxmemory-policy").equals("noeviction"), "redis: evicts");
    long most = Compose.bytes(redis.flag("--maxmemory"));
    must(2 * most <= Compose.bytes(redis.text("mem_limit")), "redis: no memory for a rewrite");
    for (Service service : compose.services()) {
      if (service.isOurs()) {
        String budget = service.environment().getOrDefault("THREADMILL_QUEUE_MAXBYTES", "2GB");
        must(2 * Compose.bytes(budget) <= most, service.name() + ": may fill redis");
        String map = service.environment().getOrDefault("THREADMILL_CACHE_BUDGETBYTES", "256MB");
        long both = Compose.bytes(budget) + 2 * Compose.bytes(map);
        must(4 * both <= 3 * most, service.name() + ": its maps leave redis no room");
        must(
            service.fields().toString().contains("redis={condition=service_healthy}"),
            service.name() + ": does not wait for redis");
      }
    }
  }

  private void stops() {
    long step =
        seconds(
            Compose.read("src/main/resources/application.properties")
                .replaceAll("(?s).*timeout-per-shutdown-phase=(\\w+).*", "$1"));
    String hardStop =
        Compose.read("deploy/haproxy/haproxy.cfg")
            .replaceAll("(?s).*hard-stop-after (\\w+).*", "$1");
    for (Service service : compose.services()) {
      long grace = seconds(service.text("stop_grace_period"));
      long needed =
          service.isOurs()
              ? 2 * step + 5
              : service.name().equals("proxy") ? seconds(hardStop) + 1 : 0;
      must(grace >= needed, service.name() + ": is killed while it stops");
    }
  }

  private static long seconds(String text) {
    return text.equals("null") ? 0 : DurationText.parse(text).orElseThrow().toSeconds();
  }
}
