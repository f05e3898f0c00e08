package io.threadmill.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The variables that the files set for the service are settings it documents, in Spring's form. */
class SettingsTests {

  private static final Pattern SETTING = Pattern.compile("`([a-z][a-z0-9-]*(?:\\.[a-z0-9<>-]+)+)`");

  static Set<String> documented() {
    return SETTING
        .matcher(Compose.read("docs/configuration.md"))
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The documented setting that a variable sets, empty for none. */
  static String settingOf(String variable) {
    return documented().stream()
        .filter(name -> {
          String plain =
              Pattern.quote(variableOf(name.replace("<name>", "")))
                  + (name.contains("<name>") ? "[A-Z0-9]+" : "");
          return variable.matches(plain);
        })
        .findAny()
        .map(name ->
            name.replace(
                "<name>", variable.replaceAll(".*_", "").toLowerCase(java.util.Locale.ROOT)))
        .orElse("");
  }

  private static String variableOf(String setting) {
    return setting.replace("-", "").replace('.', '_').toUpperCase(java.util.Locale.ROOT);
  }

  private static Map<String, String> instanceEnvironment() {
    Map<String, String> all =
        new HashMap<>(
            Compose.of(Compose.read("docker-compose.yml")).service("threadmill-1").environment());
    all.replaceAll((_, value) ->
        Compose.fill(
            value,
            Map.of("THREADMILL_KEY", "k".repeat(20), "THREADMILL_METRICS_KEY", "m".repeat(20))));
    return all;
  }

  @Test
  void everyVariableOfAnInstanceIsADocumentedSetting() {
    assertThat(instanceEnvironment().keySet())
        .hasSizeGreaterThan(5)
        .allSatisfy(variable -> assertThat(settingOf(variable)).as(variable).isNotEmpty());
    assertThat(settingOf("THREADMILL_ACCES_KEYS_MAIN")).isEmpty();
    assertThat(settingOf("THREADMILL_QUEUE_MAX_BYTE")).isEmpty();
  }

  @Test
  void everyVariableOfTheImageIsADocumentedSetting() {
    List<String> variables = Dockerfile.of(Compose.read("Dockerfile")).last().all("ENV");
    assertThat(variables)
        .isNotEmpty()
        .allSatisfy(set -> assertThat(settingOf(set.split("=", 2)[0])).as(set).isNotEmpty());
  }

  @Test
  void springBindsEachVariableToItsSetting() {
    Map<String, String> variables = instanceEnvironment();
    var environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .forEach(source -> environment.getPropertySources().remove(source.getName()));
    environment
        .getPropertySources()
        .addFirst(
            new SystemEnvironmentPropertySource("systemEnvironment", new HashMap<>(variables)));
    ConfigurationPropertySources.attach(environment);
    var binder = Binder.get(environment);
    variables.forEach((variable, value) ->
        assertThat(binder.bind(settingOf(variable), String.class).orElse("unset"))
            .as(variable)
            .isEqualTo(value));
    assertThat(
            binder.bind("threadmill.access.keys", Bindable.mapOf(String.class, String.class)).get())
        .containsOnlyKeys("main", "metrics");
    assertThat(
            binder
                .bind("threadmill.access.scopes", Bindable.mapOf(String.class, String.class))
                .get())
        .isEqualTo(Map.of("metrics", "metrics:read"));
  }
}
