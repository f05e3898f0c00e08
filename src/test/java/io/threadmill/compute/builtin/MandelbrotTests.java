package io.threadmill.compute.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.compute.Output;
import io.threadmill.compute.Steps;
import java.awt.GraphicsEnvironment;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class MandelbrotTests {

  private static final int BLACK = 0xFF000000;

  private final Mandelbrot mandelbrot = new Mandelbrot();

  @Test
  void theSetIsBlackAndItsSurroundingsAreNot() throws Exception {
    BufferedImage image = draw(new Mandelbrot.Input(300, 200, -0.5, 0, 3, 256));
    assertThat(image.getWidth()).isEqualTo(300);
    assertThat(image.getHeight()).isEqualTo(200);
    assertThat(at(image, 0, 0)).isEqualTo(BLACK); // the origin
    assertThat(at(image, -1, 0)).isEqualTo(BLACK); // the disc at its left
    assertThat(at(image, -0.15, 0.7)).isEqualTo(BLACK); // the bulb above
    assertThat(at(image, 0.9, 0.9)).isNotEqualTo(BLACK);
    assertThat(at(image, -1.9, 0.8)).isNotEqualTo(BLACK);
    assertThat(at(image, 0.35, 0)).isNotEqualTo(BLACK); // right of the cusp at 1/4
  }

  /** What pixel shows a point, of a picture around -0.5 with a span of 3. */
  private static int at(BufferedImage image, double re, double im) {
    double step = 3.0 / image.getWidth();
    int column = (int) Math.floor((re + 0.5) / step + image.getWidth() / 2.0);
    int row = (int) Math.floor(image.getHeight() / 2.0 - im / step);
    return image.getRGB(column, row);
  }

  @Test
  void theUpperHalfMirrorsTheLower() throws Exception {
    BufferedImage image = draw(new Mandelbrot.Input(64, 64, -0.5, 0, 3, 100));
    for (int x = 0; x < 64; x++) {
      for (int y = 0; y < 32; y++) {
        assertThat(image.getRGB(x, y)).isEqualTo(image.getRGB(x, 63 - y));
      }
    }
  }

  @Test
  void upIsPositive() throws Exception {
    // Around the bulb on the upper side: below it lies the body, above it nothing.
    BufferedImage up = draw(new Mandelbrot.Input(9, 9, -0.15, 0.7, 1.4, 500));
    assertThat(up.getRGB(4, 4)).isEqualTo(BLACK);
    assertThat(up.getRGB(4, 8)).isEqualTo(BLACK); // towards the real axis
    assertThat(up.getRGB(4, 0)).isNotEqualTo(BLACK); // away from it
  }

  @Test
  void aPixelAndAnEdgeAreFine() throws Exception {
    assertThat(draw(new Mandelbrot.Input(1, 1, 0, 0, 1e-12, 10_000)).getRGB(0, 0)).isEqualTo(BLACK);
    assertThat(draw(new Mandelbrot.Input(2048, 1, 4, 4, 8, 1)).getWidth()).isEqualTo(2048);
  }

  @Test
  void itIsTheSameEachTimeAndNeedsNoScreen() throws Exception {
    var input = new Mandelbrot.Input(50, 40, -0.7453, 0.1127, 0.0065, 300);
    assertThat(bytes(input)).isEqualTo(bytes(input));
    assertThat(GraphicsEnvironment.isHeadless()).isTrue();
  }

  @Test
  void progressIsTheRows() throws Exception {
    var steps = Steps.unlimited();
    mandelbrot.compute(new Mandelbrot.Input(4, 3, 0, 0, 3, 10), steps);
    assertThat(steps.told).containsExactly("0/3", "1/3", "2/3", "3/3");
  }

  private BufferedImage draw(Mandelbrot.Input input) throws InterruptedException, IOException {
    return ImageIO.read(new ByteArrayInputStream(bytes(input)));
  }

  private byte[] bytes(Mandelbrot.Input input) throws InterruptedException {
    return ((Output.Binary) mandelbrot.compute(input, Steps.unlimited())).bytes();
  }
}
