package io.threadmill.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A fault planted on purpose, which the run must catch: changed scripts that stand before the real
 * ones on the class path, or a class with beans that stand before the real ones.
 *
 * @param planted what is wrong, in a few words
 * @param caughtBy the number of the invariant that must fail, such as {@code I4}
 */
record Mutant(
    String name,
    String planted,
    Scenario scenario,
    String caughtBy,
    List<Patch> patches,
    Optional<String> beans) {

  /**
   * A change of one script.
   *
   * @param to what stands there instead; {@code %SLOT%} is the instance's number
   */
  record Patch(String script, String from, String to) {}

  /** The product as it is. */
  static Mutant none(Scenario scenario) {
    return new Mutant("none", "nothing", scenario, "", List.of(), Optional.empty());
  }

  /**
   * The folder to put before the class path; null where no script is changed.
   *
   * @throws IllegalStateException when the text to change is not there: then nothing would be
   *     planted and the run would prove nothing
   */
  @Nullable Path scripts(Path folder, int slot) {
    if (patches.isEmpty()) {
      return null;
    }
    Path root = folder.resolve("mutant-" + slot);
    try {
      Files.createDirectories(root.resolve("lua"));
      Map<String, List<Patch>> byScript =
          patches.stream().collect(Collectors.groupingBy(Patch::script));
      for (Map.Entry<String, List<Patch>> script : byScript.entrySet()) {
        String text = original(script.getKey());
        for (Patch patch : script.getValue()) {
          text = apply(patch, text, slot);
        }
        Files.writeString(root.resolve("lua").resolve(script.getKey() + ".lua"), text);
      }
      return root;
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  private String apply(Patch patch, String text, int slot) {
    int at = text.indexOf(patch.from());
    if (at < 0) {
      throw new IllegalStateException(
          "the planted fault %s no longer applies: %s.lua has no \"%s\""
              .formatted(name, patch.script(), patch.from()));
    }
    return text.substring(0, at)
        + patch.to().replace("%SLOT%", Integer.toString(slot))
        + text.substring(at + patch.from().length());
  }

  /** Every patch finds its place; the test of the planted faults asks this without a run. */
  void check() {
    for (Patch patch : patches) {
      String _ = apply(patch, original(patch.script()), 0);
    }
  }

  private static String original(String script) {
    try (InputStream in = Mutant.class.getResourceAsStream("/lua/" + script + ".lua")) {
      if (in == null) {
        throw new IllegalStateException("there is no script " + script);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }
}
