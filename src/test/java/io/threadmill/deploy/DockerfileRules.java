package io.threadmill.deploy;

import io.threadmill.deploy.Dockerfile.Instruction;
import io.threadmill.deploy.Dockerfile.Stage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What must hold for the Dockerfile; each broken rule is one complaint. */
final class DockerfileRules {

  private static final Pattern PINNED =
      Pattern.compile("eclipse-temurin:(25\\.\\d+\\.\\d+_\\d+)-(jdk|jre)-noble");
  private static final Pattern AOT = Pattern.compile("-XX:AOTCache(?:Output)?=(\\S+)");
  private static final Pattern CLASS_PATH = Pattern.compile("-cp (\\S+) (\\S+)");

  private final Dockerfile file;
  private final DockerIgnore ignore;
  private final List<String> complaints = new ArrayList<>();

  private DockerfileRules(Dockerfile file, DockerIgnore ignore) {
    this.file = file;
    this.ignore = ignore;
  }

  static List<String> complaints(String dockerfile, String dockerignore) {
    var rules = new DockerfileRules(Dockerfile.of(dockerfile), DockerIgnore.of(dockerignore));
    rules.bases();
    rules.user();
    rules.tools();
    rules.start();
    rules.layers();
    rules.sources();
    return rules.complaints;
  }

  private void must(boolean holds, String complaint) {
    if (!holds) {
      complaints.add(complaint);
    }
  }

  private void bases() {
    Set<String> stages = file.stages().stream().map(Stage::name).collect(Collectors.toSet());
    List<String> images =
        file.stages().stream().map(Stage::base).filter(base -> !stages.contains(base)).toList();
    for (String image : images) {
      must(PINNED.matcher(image).matches(), image + " is not pinned");
    }
    must(
        images.stream().map(image -> PINNED.matcher(image).replaceAll("$1")).distinct().count()
            == 1,
        "the stages run different JDKs");
    must(file.stages().size() > 1 && !file.last().base().equals("build"), "the build is shipped");
    must(
        file.stage("training").base().equals(file.last().base())
            && stages.contains(file.last().base()),
        "the cache is trained in another layout");
  }

  private void user() {
    must(file.last().last("USER").matches("[1-9]\\d{3,}:[1-9]\\d{3,}"), "runs as root or by name");
    must(file.last().last("STOPSIGNAL").equals("SIGTERM"), "is stopped otherwise");
    must(file.last().last("EXPOSE").equals("8080"), "exposes another port");
  }

  private void tools() {
    for (Stage stage : file.stages()) {
      for (Instruction instruction : stage.instructions()) {
        String text = instruction.text();
        must(!text.matches(".*\\b(curl|wget|apt-get|apk)\\b.*"), "brings or needs tools: " + text);
        must(
            !Set.of("ENV", "ARG").contains(instruction.name())
                || !text.toUpperCase(Locale.ROOT).matches(".*(KEY|PASSWORD|SECRET|TOKEN).*"),
            "holds a secret: " + text);
        must(!instruction.name().equals("ADD"), "adds rather than copies: " + text);
      }
    }
    String check = file.last().last("HEALTHCHECK");
    must(check.contains("--timeout="), "the health check is not bounded");
    must(check.endsWith("CMD [\"/opt/threadmill/health\"]"), "no health check");
    must(Files.isExecutable(Path.of("deploy/health")), "the health check cannot be run");
  }

  private void start() {
    String entry = file.last().last("ENTRYPOINT");
    must(entry.startsWith("[\"java\""), "a shell stands between the engine and the service");
    String start = entry.replaceAll("[\\[\\]\",]", " ").replaceAll(" +", " ").strip();
    String training = file.stage("training").last("RUN").replace("\"", "");
    String options = "@/opt/threadmill/jvm.options";
    must(start.contains(options) && training.contains(options), "not the same options in training");
    must(first(CLASS_PATH, start).equals(first(CLASS_PATH, training)), "not the same class path");
    must(first(CLASS_PATH, start).contains(":/opt/threadmill/plugins/*"), "no plugins");
    String cache = first(AOT, start);
    must(
        !cache.isEmpty()
            && cache.equals(first(AOT, training))
            && file.last().all("COPY").contains("--from=training " + cache + " ./"),
        "the cache that is started with is not the trained one");
    must(training.contains(" -Xmx1g "), "the cache depends on the memory of the building machine");
    must(training.contains("-XX:AOTCacheOutput="), "nothing is trained");
    must(training.contains("-Dspring.context.exit=onRefresh"), "the training does not end");
    String stamp = "-exec touch -d ";
    must(file.stage("build").last("RUN").contains(stamp), "time stamps are left to chance");
  }

  private void layers() {
    List<String> copied =
        file.lineage(file.last()).stream()
            .filter(one -> one.name().equals("COPY"))
            .map(Instruction::text)
            .filter(text -> text.startsWith("--from=build "))
            .map(text -> text.replaceAll(".*/layers/([a-z-]+)/.*", "$1"))
            .toList();
    must(
        copied.equals(
            List.of("dependencies", "spring-boot-loader", "snapshot-dependencies", "application")),
        "the layers are not copied in the order in which they change");
  }

  private void sources() {
    for (Stage stage : file.stages()) {
      for (String copy : stage.all("COPY")) {
        String[] words = copy.split(" ");
        if (words[0].startsWith("--from=")) {
          continue;
        }
        for (String source : Arrays.copyOf(words, words.length - 1)) {
          must(Files.exists(Path.of(source)), source + " is not there");
          must(ignore.admits(source), source + " is kept out by .dockerignore");
        }
      }
    }
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }
}
