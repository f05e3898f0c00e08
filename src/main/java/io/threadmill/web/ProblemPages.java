package io.threadmill.web;

import io.threadmill.job.ProblemKind;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/** The pages behind the {@code type} of every problem: what it means and what to do. */
@RestController
final class ProblemPages {

  private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

  private final Map<String, ProblemKind> kinds = new TreeMap<>();

  ProblemPages(List<ProblemKind.Catalogue> catalogues) {
    Stream.of(Problem.values())
        .map(p -> new ProblemKind(p.slug(), p.title(), p.meaning(), p.remedy()))
        .forEach(kind -> kinds.put(kind.slug(), kind));
    catalogues.stream()
        .flatMap(catalogue -> catalogue.kinds().stream())
        .sorted(Comparator.comparing(ProblemKind::slug))
        .forEach(kind -> kinds.putIfAbsent(kind.slug(), kind));
  }

  @GetMapping("/problems")
  ResponseEntity<String> all() {
    var list = new StringBuilder("<ul>");
    kinds
        .values()
        .forEach(kind ->
            list.append("<li><a href=\"/problems/%s\">%s</a>".formatted(kind.slug(), kind.slug()))
                .append(": ")
                .append(HtmlUtils.htmlEscape(kind.title()))
                .append("</li>"));
    return page("Problems", list.append("</ul>").toString());
  }

  @GetMapping("/problems/{slug}")
  ResponseEntity<String> one(@PathVariable String slug) {
    ProblemKind kind = kinds.get(slug);
    if (kind == null) {
      throw new ProblemException(Problem.NOT_FOUND, "There is no problem of this name.");
    }
    return page(
        kind.title(),
        "<p><code>%s</code></p><p>%s</p><h2>What to do</h2><p>%s</p><p><a href=\"/problems\">All problems</a></p>"
            .formatted(
                kind.slug(),
                HtmlUtils.htmlEscape(kind.meaning()),
                HtmlUtils.htmlEscape(kind.remedy())));
  }

  private static ResponseEntity<String> page(String title, String body) {
    String escaped = HtmlUtils.htmlEscape(title);
    return ResponseEntity.ok()
        .contentType(HTML)
        .body(
            """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1"><title>%s · Threadmill</title>
            <link rel="stylesheet" href="/threadmill.css"></head>
            <body><main><h1>%s</h1>%s</main></body></html>
            """
                .formatted(escaped, escaped, body));
  }
}
