package io.threadmill.demo;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The shop's 200 products. Everything about one follows from its number. */
final class Catalogue {

  static final int PRODUCTS = 200;
  static final int PER_PAGE = 20;
  static final int PAGES = PRODUCTS / PER_PAGE;
  static final int IMAGES = 3;

  private static final List<String> STYLES =
      List.of("Nordic", "Harbour", "Alpine", "Atelier", "Meadow", "Granite", "Linden", "Foundry");
  private static final List<String> THINGS =
      List.of("Kettle", "Lamp", "Satchel", "Notebook", "Stool", "Blanket", "Mug");
  private static final List<String> CATEGORIES =
      List.of("kitchen", "lighting", "bags", "stationery", "furniture", "textiles", "tableware");
  private static final List<String> MATERIALS =
      List.of("steel", "oak & brass", "wool", "recycled paper", "cork");
  private static final List<String> COLOURS = List.of("slate", "ochre", "moss", "crimson", "ivory");

  private Catalogue() {}

  static Optional<Product> find(int number) {
    return number >= 1 && number <= PRODUCTS ? Optional.of(make(number)) : Optional.empty();
  }

  /** The products of a page from 1 to {@link #PAGES}. */
  static List<Product> page(int page) {
    int first = (page - 1) * PER_PAGE + 1;
    return IntStream.range(first, first + PER_PAGE).mapToObj(Catalogue::make).toList();
  }

  private static Product make(int number) {
    int index = number - 1;
    int thing = index % THINGS.size();
    return new Product(
        number,
        pick(STYLES, index) + " " + THINGS.get(thing) + " No. " + number,
        CATEGORIES.get(thing),
        pick(MATERIALS, index * 3),
        pick(COLOURS, index / 2),
        120 + index * 37 % 1900,
        1990 + index * 370 % 18_000,
        10 + (index * 7 + 32) % 41,
        3 + index * 13 % 240,
        number % 3 != 0);
  }

  private static String pick(List<String> from, int index) {
    return from.get(index % from.size());
  }
}
