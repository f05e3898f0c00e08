package io.threadmill.job;

import io.threadmill.job.Violations.Violation;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Turns what the JSON mapper found wrong into a field and what would be right. */
final class BindFault {

  private BindFault() {}

  /** Says what is wrong by the kind of the fault; a mapper's own text would name our classes. */
  static Violation explain(JacksonException fault) {
    String pointer = pointer(fault);
    return switch (fault) {
      case UnrecognizedPropertyException unknown ->
          new Violation(pointer, "is not a known field; known are " + knownFields(unknown));
      case InvalidFormatException format when format.getTargetType() == Duration.class ->
          new Violation(pointer, DurationText.EXPECTED);
      case InvalidFormatException format when isEnum(format.getTargetType()) ->
          new Violation(pointer, "must be one of " + constants(format.getTargetType()));
      case DatabindException databind
          when databind.getCause() instanceof IllegalArgumentException refused ->
          new Violation(pointer, String.valueOf(refused.getMessage()));
      default -> new Violation(pointer, expected(fault));
    };
  }

  private static String expected(JacksonException fault) {
    if (fault instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      Class<?> target = mismatch.getTargetType();
      String form = FORMS.get(target);
      if (form != null) {
        return "must be " + form;
      }
      if (Collection.class.isAssignableFrom(target)) {
        return "must be an array";
      }
      if (Map.class.isAssignableFrom(target) || target.isRecord()) {
        return "must be an object, or lacks a field";
      }
    }
    return "has the wrong type or is missing";
  }

  private static final Map<Class<?>, String> FORMS = forms();

  private static Map<Class<?>, String> forms() {
    var forms = new HashMap<Class<?>, String>();
    forms.put(String.class, "a string");
    forms.put(Boolean.class, "true or false");
    forms.put(boolean.class, "true or false");
    forms.put(Integer.class, "a whole number");
    forms.put(int.class, "a whole number");
    forms.put(Long.class, "a whole number");
    forms.put(long.class, "a whole number");
    forms.put(Double.class, "a number");
    forms.put(double.class, "a number");
    forms.put(Duration.class, DurationText.EXPECTED.substring("must be ".length()));
    return Map.copyOf(forms);
  }

  private static boolean isEnum(@Nullable Class<?> type) {
    return type != null && type.isEnum();
  }

  private static String constants(Class<?> type) {
    var names = new TreeSet<String>();
    for (Object constant : type.getEnumConstants()) {
      names.add(constant.toString());
    }
    return String.join(", ", names);
  }

  private static String knownFields(UnrecognizedPropertyException unknown) {
    var known = unknown.getKnownPropertyIds();
    if (known == null) {
      return "none";
    }
    var names = new TreeSet<String>();
    known.forEach(name -> names.add(String.valueOf(name)));
    return String.join(", ", names);
  }

  private static String pointer(JacksonException fault) {
    var pointer = new StringBuilder();
    for (JacksonException.Reference step : fault.getPath()) {
      String name = step.getPropertyName();
      pointer.append('/').append(name == null ? step.getIndex() : Violations.escape(name));
    }
    return pointer.toString();
  }
}
