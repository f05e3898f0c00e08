package io.threadmill.demo;

/**
 * One thing the shop sells.
 *
 * @param cents the price in euro cents
 * @param tenths the rating in tenths of a star, 10 to 50
 */
record Product(
    int number,
    String name,
    String category,
    String material,
    String colour,
    int grams,
    int cents,
    int tenths,
    int reviews,
    boolean inStock) {

  String path() {
    return "/demo/products/" + number;
  }

  String image(int index) {
    return "/demo/images/" + number + "-" + index + ".svg";
  }

  /** With a point and two digits, as structured data wants it. */
  String amount() {
    return cents / 100 + "." + cents / 10 % 10 + cents % 10;
  }

  String price() {
    return "€ " + amount();
  }

  String rating() {
    return tenths / 10 + "." + tenths % 10;
  }

  String description() {
    return "A %s %s made of %s, %d g, for people who like their %s plain and lasting."
        .formatted(colour, name, material, grams, category);
  }
}
