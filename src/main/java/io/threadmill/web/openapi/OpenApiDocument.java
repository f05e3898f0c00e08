package io.threadmill.web.openapi;

import io.threadmill.job.ProblemKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The OpenAPI document, put together from its parts. What the code already knows is filled in: the
 * version, the problems' titles and statuses, and the problems a job can end with.
 */
final class OpenApiDocument {

  /** In the order of the page; a new area is a file and a word here. */
  private static final List<String> PARTS =
      List.of(
          "service",
          "jobs",
          "batches",
          "webhooks",
          "limits",
          "scrape",
          "compute",
          "rehearse",
          "operating",
          "explanations");

  private final ObjectNode tree;

  private OpenApiDocument(ObjectNode tree) {
    this.tree = tree;
  }

  /**
   * @param catalogues the problems a job can end with
   * @throws IllegalStateException when two parts say the same thing, or one names what is not there
   */
  static OpenApiDocument assemble(
      JsonMapper mapper, String version, List<ProblemKind.Catalogue> catalogues) {
    ObjectNode whole = mapper.createObjectNode();
    for (String part : PARTS) {
      merge(whole, read(part, mapper), part);
    }
    whole.withObjectProperty("info").put("version", version);
    new ProblemResponses(whole).fillIn();
    nameJobErrors(whole, catalogues);
    return new OpenApiDocument(whole);
  }

  private static ObjectNode read(String part, JsonMapper mapper) {
    try (InputStream in = new ClassPathResource("openapi/" + part + ".json").getInputStream()) {
      return (ObjectNode) mapper.readTree(in);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  private static void merge(ObjectNode into, ObjectNode part, String where) {
    part.properties()
        .forEach(member -> {
          String here = where + "/" + member.getKey();
          JsonNode there = into.get(member.getKey());
          if (there == null) {
            into.set(member.getKey(), member.getValue());
          } else if (there instanceof ObjectNode inner
              && member.getValue() instanceof ObjectNode more) {
            merge(inner, more, here);
          } else {
            throw new IllegalStateException("openapi: " + here + " stands in another part too");
          }
        });
  }

  private static void nameJobErrors(ObjectNode whole, List<ProblemKind.Catalogue> catalogues) {
    var type = (ObjectNode) whole.at("/components/schemas/JobError/properties/type");
    ArrayNode examples = type.putArray("examples");
    jobErrors(catalogues).map(slug -> "/problems/" + slug).forEach(examples::add);
  }

  private static Stream<String> jobErrors(List<ProblemKind.Catalogue> catalogues) {
    return catalogues.stream()
        .flatMap(catalogue -> catalogue.kinds().stream())
        .map(ProblemKind::slug)
        .distinct()
        .sorted();
  }

  JsonNode tree() {
    return tree;
  }
}
