package io.threadmill.web.openapi;

import io.threadmill.job.ProblemKind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.DigestUtils;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/**
 * Shows the contract: to programs as OpenAPI, to people as a page. Both are made at the first call,
 * which spares every start of the service that work, and kept.
 */
@RestController
final class OpenApiController {

  private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

  /** A page of text and one style sheet; nothing else may load, and no other page may frame it. */
  private static final String ONLY_STYLE =
      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private final Supplier<OpenApiDocument> document;
  private final Supplier<Json> json;
  private final Supplier<byte[]> page;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Json(byte[] bytes, String tag) {}

  OpenApiController(
      JsonMapper mapper,
      List<ProblemKind.Catalogue> catalogues,
      ObjectProvider<BuildProperties> build) {
    BuildProperties known = build.getIfAvailable();
    String version = known == null ? null : known.getVersion();
    document =
        SingletonSupplier.of(() ->
            OpenApiDocument.assemble(mapper, version == null ? "unknown" : version, catalogues));
    json = SingletonSupplier.of(() -> json(mapper.writeValueAsBytes(document.get().tree())));
    page =
        SingletonSupplier.of(
            () -> new DocsPage(document.get().tree()).html().getBytes(StandardCharsets.UTF_8));
  }

  private static Json json(byte[] bytes) {
    return new Json(bytes, DigestUtils.md5DigestAsHex(bytes));
  }

  @GetMapping("/v3/api-docs")
  ResponseEntity<byte[]> json() {
    Json whole = json.get();
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .cacheControl(CacheControl.noCache())
        .eTag(whole.tag())
        .body(whole.bytes());
  }

  @GetMapping("/docs")
  ResponseEntity<byte[]> page() {
    return ResponseEntity.ok()
        .contentType(HTML)
        .header("Content-Security-Policy", ONLY_STYLE)
        .body(page.get());
  }
}
