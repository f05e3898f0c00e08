package io.threadmill.web;

import io.threadmill.job.InvalidSetting;
import java.lang.reflect.RecordComponent;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.stereotype.Component;

/**
 * Refuses a setting of ours that nothing reads, such as a misspelt one, before anything starts. An
 * environment variable is only warned of: container platforms set some by themselves.
 */
@Component
final class UnknownSettings implements BeanFactoryPostProcessor {

  private static final Logger log = LoggerFactory.getLogger(UnknownSettings.class);
  private static final String OURS = "threadmill.";

  /** Further away than this, a known name is no guess but a riddle. */
  private static final int MOST_SLIPS = 4;

  /**
   * @throws InvalidSetting naming the unknown setting and the nearest known one
   */
  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
    Map<String, String> known = known(beans);
    // Too early for injection: this runs before what would inject.
    var environment = beans.getBean(ConfigurableEnvironment.class);
    for (PropertySource<?> source : environment.getPropertySources()) {
      if (source instanceof EnumerablePropertySource<?> listed) {
        boolean variables = source instanceof SystemEnvironmentPropertySource;
        for (String name : listed.getPropertyNames()) {
          check(name, variables, known);
        }
      }
    }
  }

  private static void check(String name, boolean variable, Map<String, String> known) {
    String plain = plain(variable ? name.replace('_', '.') : name);
    if (!plain.startsWith(OURS) || isKnown(plain, variable, known)) {
      return;
    }
    String hint = hint(plain, known);
    if (variable) {
      log.warn("The environment variable {} is no setting. {}", name, hint);
      return;
    }
    throw new InvalidSetting(name, "is no setting of Threadmill.", hint);
  }

  /** A known name, an element of its list, or, for {@code x.<name>}, anything below {@code x}. */
  private static boolean isKnown(String plain, boolean variable, Map<String, String> known) {
    return known.keySet().stream()
        .anyMatch(name ->
            variable
                ? (plain + ".").replace(".", "").startsWith(name.replace(".", ""))
                : name.endsWith(".") ? plain.startsWith(name) : plain.equals(name));
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("\\[\\d+]$|[-_]", "");
  }

  /** Plain form to the name as we write it; a map's plain form ends with a dot. */
  private static Map<String, String> known(ConfigurableListableBeanFactory beans) {
    Map<String, String> names = new TreeMap<>();
    for (String condition : SettingFailures.CONDITIONS) {
      names.put(plain(condition), condition);
    }
    for (String bean : beans.getBeanDefinitionNames()) {
      Class<?> type = beans.getType(bean, false);
      if (type == null || !type.isRecord()) {
        continue;
      }
      var properties = type.getAnnotation(ConfigurationProperties.class);
      if (properties != null && properties.value().startsWith("threadmill")) {
        collect(properties.value(), type, names);
      }
    }
    return names;
  }

  private static void collect(String prefix, Class<?> type, Map<String, String> names) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
      Class<?> of = component.getType();
      if (of.isRecord() && of.getName().startsWith("io.threadmill.")) {
        collect(name, of, names);
      } else if (Map.class.isAssignableFrom(of)) {
        names.put(plain(name) + ".", name + ".<name>");
      } else {
        names.put(plain(name), name);
      }
    }
  }

  /** The known name that is a few slips of the pen away, or where all are listed. */
  private static String hint(String plain, Map<String, String> known) {
    return known.entrySet().stream()
        .min(Comparator.comparingInt(entry -> distance(plain, entry.getKey())))
        .filter(entry -> distance(plain, entry.getKey()) <= MOST_SLIPS)
        .map(entry -> "Did you mean " + entry.getValue() + "? Else remove it.")
        .orElse("Remove it; docs/configuration.md lists what there is.");
  }

  /** Levenshtein's edit distance (1966), by the two-row method. */
  private static int distance(String one, String other) {
    int[] above = new int[other.length() + 1];
    for (int j = 0; j < above.length; j++) {
      above[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] row = new int[above.length];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], above[j]) + 1, above[j - 1] + change);
      }
      above = row;
    }
    return above[other.length()];
  }
}
