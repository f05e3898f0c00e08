package io.threadmill.web.batch;

import io.threadmill.batch.Batch;
import io.threadmill.job.JobState;
import io.threadmill.web.job.JobJson;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of a batch, every member always present. Thread-safe. */
@Component
final class BatchJson {

  private final JsonMapper mapper;

  BatchJson(JsonMapper mapper) {
    this.mapper = mapper;
  }

  byte[] bytes(Batch batch) {
    return mapper.writeValueAsBytes(node(batch));
  }

  ObjectNode node(Batch batch) {
    ObjectNode node = mapper.createObjectNode();
    node.put("id", batch.id().value());
    node.put("type", batch.type());
    node.put("template", batch.template());
    node.put("state", batch.state().wireName());
    node.put("total", batch.total());
    node.set("counts", counts(batch));
    node.put("truncated", batch.truncated());
    node.put("createdAt", JobJson.text(batch.createdAt()));
    node.put("finishedAt", JobJson.text(batch.finishedAt()));
    node.put("expiresAt", JobJson.text(batch.expiresAt()));
    ArrayNode deliveries = node.putArray("deliveries");
    batch.deliveries().forEach(delivery -> deliveries.add(delivery.value()));
    return node;
  }

  ObjectNode counts(Batch batch) {
    ObjectNode counts = mapper.createObjectNode();
    for (JobState state : JobState.values()) {
      counts.put(state.wireName(), batch.counts().getOrDefault(state, 0L));
    }
    return counts;
  }
}
