package io.threadmill.web.job;

import io.threadmill.job.Violations.Violation;
import io.threadmill.web.Problem;
import io.threadmill.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a body within its limit and as strictly as the contract asks. */
public final class JsonBody {

  private static final Pattern DUPLICATE =
      Pattern.compile("Duplicate Object property \"(.{1,100}?)\"");

  private JsonBody() {}

  /**
   * The body's object.
   *
   * @throws ProblemException when it is too large, no JSON, no object, holds a field twice, or text
   *     follows
   */
  public static JsonNode read(HttpServletRequest request, int limit, JsonMapper mapper)
      throws IOException {
    return read(request, request.getInputStream(), limit, mapper);
  }

  /** The same, read from a stream around the request's own. */
  public static JsonNode read(
      HttpServletRequest request, InputStream body, int limit, JsonMapper mapper)
      throws IOException {
    if (request.getContentLengthLong() > limit) {
      throw tooLarge(limit);
    }
    byte[] bytes = body.readNBytes(limit + 1);
    if (bytes.length > limit) {
      throw tooLarge(limit);
    }
    if (bytes.length == 0) {
      throw malformed("", "The body is empty; send a JSON object.");
    }
    JsonNode tree = parse(bytes, mapper);
    if (!tree.isObject()) {
      throw malformed("", "The body must be a JSON object.");
    }
    return tree;
  }

  /**
   * One JSON value and nothing after it.
   *
   * @throws ProblemException when it is not, or holds a field twice
   */
  public static JsonNode parse(byte[] bytes, JsonMapper mapper) {
    try (JsonParser parser = mapper.createParser(bytes)) {
      try {
        return mapper.readerFor(JsonNode.class).readValue(parser);
      } catch (JacksonException fault) {
        throw explain(fault, parser);
      }
    }
  }

  private static ProblemException tooLarge(int limit) {
    return new ProblemException(
        Problem.PAYLOAD_TOO_LARGE, "The body is larger than %d bytes.".formatted(limit));
  }

  public static ProblemException malformed(String pointer, String detail) {
    return new ProblemException(
        Problem.MALFORMED_JSON, detail, List.of(new Violation(pointer, detail)));
  }

  private static ProblemException explain(JacksonException fault, JsonParser parser) {
    Matcher duplicate = DUPLICATE.matcher(String.valueOf(fault.getOriginalMessage()));
    if (duplicate.find()) {
      return malformed(
          parser.streamReadContext().pathAsPointer().toString(),
          "The field \"" + duplicate.group(1) + "\" stands twice.");
    }
    if (fault instanceof StreamConstraintsException) {
      return malformed(
          "",
          "The body nests deeper than %d levels, or holds a name or number that is too long."
              .formatted(parser.streamReadConstraints().getMaxNestingDepth()));
    }
    TokenStreamLocation at = fault.getLocation();
    String where =
        at == null || at.getLineNr() < 1
            ? ""
            : " It stops making sense at line %d, column %d."
                .formatted(at.getLineNr(), at.getColumnNr());
    return malformed("", "The body is not one valid JSON object with nothing after it." + where);
  }
}
