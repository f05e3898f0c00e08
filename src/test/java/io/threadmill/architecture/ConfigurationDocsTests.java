package io.threadmill.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/** Holds {@code docs/configuration.md} to the properties records and the settings of the jar. */
class ConfigurationDocsTests {

  /** Read by a condition at start, so that no record holds them. */
  private static final Set<String> CONDITIONS =
      Set.of("threadmill.demo.enabled", "threadmill.rehearse.enabled");

  private static final Pattern ROW =
      Pattern.compile("^\\| `([^`]+)` \\| (.+?) \\| (.+) \\|$", Pattern.MULTILINE);

  @Test
  void everySettingOfOursIsDocumented() throws IOException {
    assertThat(documented().keySet()).containsAll(coded().keySet()).containsAll(CONDITIONS);
  }

  @Test
  void everyDocumentedSettingOfOursExists() throws IOException {
    Set<String> known = new TreeSet<>(coded().keySet());
    known.addAll(CONDITIONS);
    assertThat(documented().keySet())
        .filteredOn(name -> name.startsWith("threadmill."))
        .isNotEmpty()
        .isSubsetOf(known);
  }

  @Test
  void aDefaultInTheCodeIsTheDocumentedOne() throws IOException {
    Map<String, String> documented = documented();
    coded()
        .forEach((name, value) -> {
          if (!value.isEmpty()) {
            assertThat(documented.get(name)).as(name).isEqualTo("`" + value + "`");
          }
        });
  }

  @Test
  void whatTheJarSetsIsDocumentedWithItsValue() throws IOException {
    var shipped = new Properties();
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream("/application.properties"))) {
      shipped.load(in);
    }
    var expected = new TreeMap<String, String>();
    shipped.stringPropertyNames().stream()
        .filter(Predicate.not(name -> name.startsWith("threadmill.")))
        .forEach(name -> expected.put(name, "`" + shipped.getProperty(name) + "`"));
    Map<String, String> documented = documented();
    documented.keySet().removeIf(name -> name.startsWith("threadmill."));
    assertThat(documented).isEqualTo(expected);
  }

  /** Setting to the text of its default. */
  private static Map<String, String> documented() throws IOException {
    return ROW.matcher(Files.readString(Path.of("docs/configuration.md")))
        .results()
        .collect(
            Collectors.toMap(
                row -> row.group(1),
                (MatchResult row) -> row.group(2),
                (one, _) -> {
                  throw new IllegalStateException("documented twice: " + one);
                },
                TreeMap::new));
  }

  /** Setting to its {@code @DefaultValue}, empty where the code decides otherwise. */
  private static Map<String, String> coded() {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
    var names = new TreeMap<String, String>();
    for (var found : scanner.findCandidateComponents("io.threadmill")) {
      try {
        Class<?> type = Class.forName(found.getBeanClassName());
        String prefix = type.getAnnotation(ConfigurationProperties.class).value();
        collect(prefix, type, names);
      } catch (ClassNotFoundException fault) {
        throw new IllegalStateException(fault);
      }
    }
    assertThat(names).as("properties records on the class path").isNotEmpty();
    return names;
  }

  private static void collect(String prefix, Class<?> type, Map<String, String> names) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
      Class<?> of = component.getType();
      if (of.isRecord() && of.getName().startsWith("io.threadmill.")) {
        collect(name, of, names);
      } else if (Map.class.isAssignableFrom(of)) {
        names.put(name + ".<name>", "");
      } else {
        names.put(name, defaultOf(type, component));
      }
    }
  }

  /** The annotation stands on the canonical constructor's parameter. */
  private static String defaultOf(Class<?> type, RecordComponent component) {
    for (var parameter : type.getDeclaredConstructors()[0].getParameters()) {
      DefaultValue value = parameter.getAnnotation(DefaultValue.class);
      if (value != null && parameter.getName().equals(component.getName())) {
        return String.join(", ", value.value());
      }
    }
    return "";
  }
}
