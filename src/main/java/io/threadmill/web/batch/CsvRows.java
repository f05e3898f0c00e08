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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows as CSV (RFC 4180), a job each: index, id, state, error, then the fields of the results; what
 * they extracted as {@code extract.name}. The columns are those of the first rows; what later rows
 * have beyond stands as JSON in the last column, {@code more}. Not thread-safe.
 */
final class CsvRows implements BatchResultsController.Sink {

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

  @Override
  public void flush() throws IOException {
    if (!begun && !sample.isEmpty()) {
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
    var head = new ArrayList<>(List.of("index", "id", "state", "error"));
    head.addAll(columns);
    head.add("more");
    write(head);
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
    return value.isValueNode() ? value.asString() : mapper.writeValueAsString(value);
  }

  private void write(List<String> cells) throws IOException {
    var line = new StringBuilder();
    for (String cell : cells) {
      if (!line.isEmpty()) {
        line.append(',');
      }
      boolean quoted = cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
      line.append(quoted ? "\"" + cell.replace("\"", "\"\"") + "\"" : cell);
    }
    out.write(line.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
  }
}
