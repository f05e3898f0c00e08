package io.threadmill.compute.builtin;

import io.threadmill.compute.ComputeContext;
import io.threadmill.compute.ComputeFunction;
import io.threadmill.compute.Output;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.springframework.stereotype.Component;

/**
 * Draws the Mandelbrot set as a PNG of 256 colours. Its arithmetic is that of Java's doubles alone,
 * so that every machine draws the same pixels. Stateless.
 */
@Component
final class Mandelbrot implements ComputeFunction<Mandelbrot.Input> {

  private static final int COLOURS = 256;
  private static final int STEPS_BETWEEN_CHECKS = 1 << 20;
  private static final IndexColorModel PALETTE = palette();

  /** The view is {@code span} wide on the real axis, around the centre; pixels are square. */
  record Input(
      int width, int height, double centerX, double centerY, double span, int iterations) {}

  @Override
  public String name() {
    return "mandelbrot";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public String description() {
    return "Draws a part of the Mandelbrot set. Its inside is black.";
  }

  @Override
  public Class<Input> inputType() {
    return Input.class;
  }

  @Override
  public String inputSchema() {
    return """
    {
      "type": "object",
      "properties": {
        "width": {
          "type": "integer", "minimum": 1, "maximum": 2048, "default": 512,
          "description": "Pixels across."
        },
        "height": {
          "type": "integer", "minimum": 1, "maximum": 2048, "default": 512,
          "description": "Pixels down."
        },
        "centerX": {
          "type": "number", "minimum": -4, "maximum": 4, "default": -0.5,
          "description": "The real part of the point in the middle."
        },
        "centerY": {
          "type": "number", "minimum": -4, "maximum": 4, "default": 0,
          "description": "Its imaginary part; up is positive."
        },
        "span": {
          "type": "number", "minimum": 1e-12, "maximum": 8, "default": 3,
          "description": "How much of the real axis the width shows."
        },
        "iterations": {
          "type": "integer", "minimum": 1, "maximum": 10000, "default": 256,
          "description": "A point still bounded after so many steps counts as inside."
        }
      },
      "additionalProperties": false
    }
    """;
  }

  @Override
  public String outputSchema() {
    return """
    { "type": "string", "contentMediaType": "image/png" }
    """;
  }

  @Override
  public String example() {
    return """
    { "width": 320, "height": 240, "centerX": -0.7453, "centerY": 0.1127, "span": 0.0065 }
    """;
  }

  @Override
  public String mediaType() {
    return "image/png";
  }

  @Override
  public Output compute(Input input, ComputeContext context) throws InterruptedException {
    var image =
        new BufferedImage(input.width(), input.height(), BufferedImage.TYPE_BYTE_INDEXED, PALETTE);
    byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    double step = input.span() / input.width();
    int untilCheck = 0;
    for (int row = 0; row < input.height(); row++) {
      context.progress(row, input.height());
      double y = input.centerY() + (input.height() / 2.0 - row - 0.5) * step;
      for (int column = 0; column < input.width(); column++) {
        double x = input.centerX() + (column + 0.5 - input.width() / 2.0) * step;
        int steps = steps(x, y, input.iterations());
        pixels[row * input.width() + column] = (byte) colour(steps, input.iterations());
        untilCheck -= steps + 1;
        if (untilCheck < 0) {
          context.check();
          untilCheck = STEPS_BETWEEN_CHECKS;
        }
      }
    }
    byte[] png = png(image);
    context.progress(input.height(), input.height());
    return new Output.Binary(png);
  }

  /** How many steps a point stays within 2 of the origin, up to a limit. */
  private static int steps(double x, double y, int limit) {
    double re = 0;
    double im = 0;
    for (int n = 0; n < limit; n++) {
      double re2 = re * re;
      double im2 = im * im;
      if (re2 + im2 > 4) {
        return n;
      }
      im = 2 * re * im + y;
      re = re2 - im2 + x;
    }
    return limit;
  }

  private static int colour(int steps, int limit) {
    return steps == limit ? 0 : 1 + (int) ((COLOURS - 2) * Math.sqrt((double) steps / limit));
  }

  private static byte[] png(BufferedImage image) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IllegalStateException("this Java runtime writes no PNG");
      }
    } catch (IOException fault) { // memory does not fail so
      throw new UncheckedIOException(fault);
    }
    return bytes.toByteArray();
  }

  /** Black for the inside, then from dark blue over white to brown: Bernstein polynomials. */
  private static IndexColorModel palette() {
    byte[] red = new byte[COLOURS];
    byte[] green = new byte[COLOURS];
    byte[] blue = new byte[COLOURS];
    for (int i = 1; i < COLOURS; i++) {
      double t = 0.05 + 0.95 * i / COLOURS;
      double u = 1 - t;
      red[i] = (byte) (255 * 9 * u * t * t * t);
      green[i] = (byte) (255 * 15 * u * u * t * t);
      blue[i] = (byte) (255 * 8.5 * u * u * u * t);
    }
    return new IndexColorModel(8, COLOURS, red, green, blue);
  }
}
