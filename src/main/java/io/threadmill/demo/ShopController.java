package io.threadmill.demo;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/** The well-behaved part of the shop. */
@RestController
@Conditional(OnDemo.class)
class ShopController {

  private static final MediaType HTML = utf8("text", "html");

  @GetMapping({"/demo", "/demo/"})
  ResponseEntity<String> front(UriComponentsBuilder origin) {
    return page(Pages.front(origin.toUriString()));
  }

  @GetMapping("/demo/products")
  ResponseEntity<String> listing(
      @RequestParam(defaultValue = "1") String page, UriComponentsBuilder origin) {
    return number(page)
        .filter(number -> number >= 1 && number <= Catalogue.PAGES)
        .map(number -> page(Pages.listing(origin.toUriString(), number)))
        .orElseGet(ShopController::missing);
  }

  @GetMapping("/demo/products/{number}")
  ResponseEntity<String> product(@PathVariable String number, UriComponentsBuilder origin) {
    return number(number)
        .flatMap(Catalogue::find)
        .map(product -> page(Pages.product(origin.toUriString(), product)))
        .orElseGet(ShopController::missing);
  }

  @GetMapping("/demo/images/{number:\\d{1,3}}-{index:[1-3]}.svg")
  ResponseEntity<String> image(@PathVariable int number, @PathVariable int index) {
    return Catalogue.find(number)
        .map(product -> answer(utf8("image", "svg+xml"), Pages.image(product, index)))
        .orElseGet(ShopController::missing);
  }

  @GetMapping("/demo/style.css")
  ResponseEntity<String> style() {
    return answer(utf8("text", "css"), Pages.style());
  }

  @GetMapping("/demo/private/secret")
  ResponseEntity<String> secret() {
    return page(Pages.secret());
  }

  private static Optional<Integer> number(String text) {
    return text.matches("[1-9][0-9]{0,5}") ? Optional.of(Integer.parseInt(text)) : Optional.empty();
  }

  private static ResponseEntity<String> missing() {
    return ResponseEntity.status(HttpStatus.NOT_FOUND).contentType(HTML).body(Pages.missing());
  }

  private static ResponseEntity<String> page(String html) {
    return answer(HTML, html);
  }

  private static ResponseEntity<String> answer(MediaType type, String text) {
    return ResponseEntity.ok().contentType(type).body(text);
  }

  private static MediaType utf8(String type, String subtype) {
    return new MediaType(type, subtype, StandardCharsets.UTF_8);
  }
}
