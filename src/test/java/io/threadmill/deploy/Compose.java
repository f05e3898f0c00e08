package io.threadmill.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.util.unit.DataSize;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** A compose file as its rules read it: parsed, with variables still in it. */
final class Compose {

  private static final Pattern VARIABLE =
      Pattern.compile("(?<!\\$)\\$\\{([A-Z_]+)(?:(:-|:\\?)([^}]*))?}");

  private final String text;
  private final Map<String, Object> root;

  private Compose(String text) {
    this.text = text;
    Object read = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
    this.root = map(read);
  }

  static Compose of(String text) {
    return new Compose(text);
  }

  /** A file of the repository. */
  static String read(String path) {
    try {
      return Files.readString(Path.of(path));
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  record Service(String name, Map<String, Object> fields) {
    boolean isOurs() {
      return text("image").startsWith("threadmill:");
    }

    String text(String field) {
      return String.valueOf(fields.get(field));
    }

    List<String> list(String field) {
      return fields.get(field) instanceof List<?> list
          ? list.stream().map(String::valueOf).toList()
          : List.of();
    }

    Map<String, String> environment() {
      Map<String, String> all = new TreeMap<>();
      map(fields.getOrDefault("environment", Map.of()))
          .forEach((key, value) -> all.put(key, String.valueOf(value)));
      return all;
    }

    /** Value of {@code --name value} in the command. */
    String flag(String flag) {
      List<String> command = list("command");
      int at = command.indexOf(flag);
      return at < 0 || at + 1 == command.size() ? "" : command.get(at + 1);
    }

    /** Folders of the repository that it mounts. */
    List<String> mounts() {
      return list("volumes").stream()
          .filter(volume -> volume.startsWith("."))
          .map(volume -> volume.substring(0, volume.indexOf(':')))
          .toList();
    }
  }

  /** A use of a variable: its {@code kind} is {@code :-}, {@code :?} or empty. */
  record Variable(String name, String kind, String rest) {}

  String text() {
    return text;
  }

  Map<String, Object> section(String name) {
    return map(root.getOrDefault(name, Map.of()));
  }

  List<Service> services() {
    return section("services").entrySet().stream()
        .map(entry -> new Service(entry.getKey(), map(entry.getValue())))
        .toList();
  }

  Service service(String name) {
    return services().stream()
        .filter(service -> service.name().equals(name))
        .findAny()
        .orElseThrow();
  }

  List<Variable> variables() {
    List<Variable> found = new ArrayList<>();
    Matcher matcher = VARIABLE.matcher(text);
    while (matcher.find()) {
      found.add(
          new Variable(
              matcher.group(1),
              matcher.group(2) == null ? "" : matcher.group(2),
              matcher.group(3) == null ? "" : matcher.group(3)));
    }
    return found;
  }

  /** As compose would fill it in: from the variables, else by default. */
  static String fill(String value, Map<String, String> variables) {
    return VARIABLE
        .matcher(value)
        .replaceAll(found ->
            Matcher.quoteReplacement(
                variables.getOrDefault(
                    found.group(1), ":-".equals(found.group(2)) ? found.group(3) : "")))
        .replace("$$", "$");
  }

  static long bytes(String size) {
    String unit = size.toUpperCase(java.util.Locale.ROOT).replaceAll("([KMG])B?$", "$1B");
    return DataSize.parse(unit).toBytes();
  }

  @SuppressWarnings("unchecked") // YAML mappings here have text keys
  static Map<String, Object> map(Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
