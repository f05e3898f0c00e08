package io.threadmill.web.batch;

import io.threadmill.job.JobSnapshot;
import io.threadmill.web.job.JobJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows as CSV (RFC 4180), a job each: index, id, state, error, then the fields of the results; what
 * they extracted as {@code extract.name}. The columns are those of the first rows; what later rows
 * have beyond stands as JSON in the last column, {@code more}. Not thread-safe.
 */
final class CsvRows implements BatchResultsController.Sink {

  private static final String HEAD = "index,id,state,error";
  private static final byte[] END_OF_LINE = {'\r', '\n'};

  /** What a formula begins with. */
  private static final String FORMULA = "=+-@\t\r";

  /** Rows that are looked at for their columns before the first line is written. */
  private static final int SAMPLE = 200;

  /** Bytes of their results after which no more of them are. */
  private static final int SAMPLE_BYTES = 1024 * 1024;

  /** Columns at most; what is beyond is in {@code more}. */
  private static final int MOST_COLUMNS = 200;

  private final OutputStream out;
  private final JobJson json;
  private final JsonMapper mapper;
  private final List<ObjectNode> sample = new ArrayList<>();
  private final Set<String> columns = new LinkedHashSet<>();
  private long sampled;
  private int toldOfHead;
  private boolean begun;

  CsvRows(OutputStream out, JobJson json, JsonMapper mapper) {
    this.out = out;
    this.json = json;
    this.mapper = mapper;
  }

  @Override
  public void write(JobSnapshot job, Cursor after) throws IOException {
    ObjectNode whole = json.whole(job);
    if (begun) {
      line(whole);
      return;
    }
    sample.add(whole);
    sampled += job.result() == null ? 0 : job.result().bytes();
    if (sample.size() == SAMPLE || sampled >= SAMPLE_BYTES) {
      begin();
    }
  }

  /**
   * Before the first row the head's beginning, a character at a time while there is some: an empty
   * line there would be taken for it. Between rows an empty line, over which readers of CSV pass.
   */
  @Override
  public void signOfLife() throws IOException {
    if (begun) {
      out.write(END_OF_LINE);
    } else if (toldOfHead < HEAD.length()) {
      out.write(HEAD.charAt(toldOfHead++));
    } else {
      begin();
    }
  }

  @Override
  public void flush() throws IOException {
    if (!begun && !sample.isEmpty()) {
      begin();
    }
    out.flush();
  }

  @Override
  public void end() throws IOException {
    if (!begun) {
      begin();
    }
    out.flush();
  }

  private void begin() throws IOException {
    for (ObjectNode job : sample) {
      for (String name : fields(job).keySet()) {
        if (columns.size() < MOST_COLUMNS) {
          columns.add(name);
        }
      }
    }
    var others = new ArrayList<>(columns.stream().map(CsvRows::harmless).toList());
    others.add("more");
    out.write((HEAD.substring(toldOfHead) + ",").getBytes(StandardCharsets.UTF_8));
    write(others);
    begun = true;
    for (ObjectNode job : sample) {
      line(job);
    }
    sample.clear();
  }

  private void line(ObjectNode job) throws IOException {
    Map<String, JsonNode> fields = fields(job);
    var cells = new ArrayList<String>();
    cells.add(text(job.path("index")));
    cells.add(text(job.path("id")));
    cells.add(text(job.path("state")));
    cells.add(text(job.path("error").path("type")));
    for (String column : columns) {
      JsonNode value = fields.remove(column);
      cells.add(value == null ? "" : text(value));
    }
    cells.add(fields.isEmpty() ? "" : mapper.writeValueAsString(fields));
    write(cells);
  }

  /** A result that is no object is one field of the name {@code result}. */
  private static Map<String, JsonNode> fields(ObjectNode job) {
    var fields = new LinkedHashMap<String, JsonNode>();
    JsonNode result = job.path("result");
    if (result.isObject()) {
      for (var field : result.properties()) {
        if (field.getKey().equals("extract") && field.getValue().isObject()) {
          field
              .getValue()
              .properties()
              .forEach(inner -> fields.put("extract." + inner.getKey(), inner.getValue()));
        } else {
          fields.put(field.getKey(), field.getValue());
        }
      }
    } else if (!result.isNull()) {
      fields.put("result", result);
    }
    return fields;
  }

  private String text(JsonNode value) {
    if (value.isNull() || value.isMissingNode()) {
      return "";
    }
    if (value.isString()) {
      return harmless(value.asString());
    }
    return value.isValueNode() ? value.asString() : mapper.writeValueAsString(value);
  }

  /**
   * A text that a spreadsheet would take for a formula gets an apostrophe before it, as OWASP
   * advises: what was scraped comes from strangers.
   */
  private static String harmless(String text) {
    return !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
  }

  private void write(List<String> cells) throws IOException {
    var line = new StringJoiner(",");
    for (String cell : cells) {
      boolean quoted = cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
      line.add(quoted ? "\"" + cell.replace("\"", "\"\"") + "\"" : cell);
    }
    out.write(line.toString().getBytes(StandardCharsets.UTF_8));
    out.write(END_OF_LINE);
  }
}
