package io.threadmill.web.openapi;

import io.threadmill.job.ProblemKind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.DigestUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Shows the contract: to programs as OpenAPI, to people as a page. Both are made once. */
@RestController
final class OpenApiController {

  private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

  /** A page of text and one style sheet; nothing else may load, and no other page may frame it. */
  private static final String ONLY_STYLE =
      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private final byte[] json;
  private final byte[] page;

  OpenApiController(
      JsonMapper mapper,
      List<ProblemKind.Catalogue> catalogues,
      ObjectProvider<BuildProperties> build) {
    BuildProperties known = build.getIfAvailable();
    String version = known == null ? null : known.getVersion();
    OpenApiDocument document =
        OpenApiDocument.assemble(mapper, version == null ? "unknown" : version, catalogues);
    json = mapper.writeValueAsBytes(document.tree());
    page = new DocsPage(document.tree()).html().getBytes(StandardCharsets.UTF_8);
  }

  @GetMapping("/v3/api-docs")
  ResponseEntity<byte[]> json() {
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .cacheControl(CacheControl.noCache())
        .eTag(DigestUtils.md5DigestAsHex(json))
        .body(json);
  }

  @GetMapping("/docs")
  ResponseEntity<byte[]> page() {
    return ResponseEntity.ok()
        .contentType(HTML)
        .header("Content-Security-Policy", ONLY_STYLE)
        .body(page);
  }
}
