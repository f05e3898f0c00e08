package io.threadmill.web;

import io.threadmill.job.InvalidSetting;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.env.Environment;
import org.springframework.validation.FieldError;

/** Puts a bad setting into one sentence that names it and the way out. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SettingFailures implements FailureAnalyzer {

  /** Read by conditions while the context takes shape, so that no properties record holds them. */
  static final List<String> CONDITIONS =
      List.of("threadmill.demo.enabled", "threadmill.rehearse.enabled");

  private final Environment environment;

  SettingFailures(Environment environment) {
    this.environment = environment;
  }

  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    InvalidSetting invalid = find(failure, InvalidSetting.class);
    if (invalid != null) {
      return new FailureAnalysis(
          invalid.setting() + " " + invalid.problem(), invalid.fix(), failure);
    }
    PortInUseException port = find(failure, PortInUseException.class);
    if (port != null) {
      return new FailureAnalysis(
          "server.port is " + port.getPort() + ", which another program uses.",
          "End that program, or set server.port to another port.",
          failure);
    }
    ConversionFailedException conversion = find(failure, ConversionFailedException.class);
    if (conversion != null) {
      for (String name : CONDITIONS) {
        String value = environment.getProperty(name);
        if (value != null && value.equals(conversion.getValue())) {
          return new FailureAnalysis(
              name + " is \"" + value + "\", which is neither true nor false.",
              "Use true or false.",
              failure);
        }
      }
    }
    BindException bind = find(failure, BindException.class);
    return bind == null || find(failure, ConfigurationPropertiesBindException.class) == null
        ? null
        : new FailureAnalysis(describe(bind), "Correct the setting.", failure);
  }

  private static String describe(BindException bind) {
    BindValidationException validation = find(bind, BindValidationException.class);
    if (validation != null) {
      var error = validation.getValidationErrors().getAllErrors().getFirst();
      String field = error instanceof FieldError named ? "." + named.getField() : "";
      Object value = error instanceof FieldError named ? named.getRejectedValue() : "?";
      return "%s%s is %s, but %s."
          .formatted(
              validation.getValidationErrors().getName(),
              kebab(field),
              value,
              error.getDefaultMessage());
    }
    IllegalArgumentException refused = ours(bind);
    if (refused != null) {
      return refused.getMessage() + ".";
    }
    var property = bind.getProperty();
    return property == null
        ? bind.getName() + " cannot be read."
        : "%s is \"%s\", which is not %s."
            .formatted(
                property.getName(),
                property.getValue(),
                form(bind.getTarget().getType().resolve(Object.class)));
  }

  /** The form a value has, in a user's words. */
  private static String form(Class<?> type) {
    return switch (type.getSimpleName()) {
      case "int", "Integer", "long", "Long" -> "a whole number";
      case "boolean", "Boolean" -> "true or false";
      case "Duration" -> "a duration such as 500ms, 30s or 2h";
      case "DataSize" -> "a size such as 512MB or 2GB";
      case "InetAddress" -> "an address such as 127.0.0.1";
      default -> "a valid " + type.getSimpleName();
    };
  }

  /** What a properties record of ours said; its messages begin with the setting's name. */
  private static @Nullable IllegalArgumentException ours(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IllegalArgumentException refused
          && String.valueOf(refused.getMessage()).startsWith("threadmill.")) {
        return refused;
      }
    }
    return null;
  }

  private static String kebab(String field) {
    return field.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(java.util.Locale.ROOT);
  }

  private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }
}
