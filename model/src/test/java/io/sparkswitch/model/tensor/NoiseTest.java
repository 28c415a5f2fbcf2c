package io.sparkswitch.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.model.tensor.Noise.Site;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoiseTest {
  private static final Noise NOISE = new Noise(7, 3);

  private PointerScope scope;

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "0.99, 1.01", "-3, 5"})
  void uniformDrawsLieInTheRangeWithTheLawsMeanAndVariance(float low, float high) {
    float[] draws = draws(NOISE, 1, Site.JITTER, 1000, 200, 257, low, high);
    double width = (double) high - low;
    double mean = 0;
    double square = 0;
    for (float draw : draws) {
      assertThat(draw).isBetween(low, high);
      double unit = (draw - (double) low) / width;
      mean += unit / draws.length;
      square += (unit - 0.5) * (unit - 0.5) / draws.length;
    }
    // Uniform: variance 1/12; (u - 1/2)^2 has variance 1/80 - 1/144 = 1/180.
    double root = Math.sqrt((double) draws.length);
    assertThat(mean).isCloseTo(0.5, within(4 * Math.sqrt(1 / 12.0) / root));
    assertThat(square).isCloseTo(1 / 12.0, within(4 * Math.sqrt(1 / 180.0) / root));
  }

  @Test
  void neighbouringRowsAndColumnsAreUncorrelated() {
    int rows = 300;
    int columns = 301;
    float[] draws = draws(NOISE, 0, Site.JITTER, 0, rows, columns, -1, 1);
    double acrossRows = 0;
    double acrossColumns = 0;
    int pairs = (rows - 1) * (columns - 1);
    for (int r = 1; r < rows; r++) {
      for (int c = 1; c < columns; c++) {
        double draw = draws[r * columns + c];
        acrossRows += draw * draws[(r - 1) * columns + c] / pairs;
        acrossColumns += draw * draws[r * columns + c - 1] / pairs;
      }
    }
    double error = 1 / 3.0 / Math.sqrt((double) pairs); // of a product of two such draws
    assertThat(acrossRows).isCloseTo(0, within(4 * error));
    assertThat(acrossColumns).isCloseTo(0, within(4 * error));
  }

  @Test
  void aSubRangeOfRowsEqualsTheSameRowsOfTheWhole() {
    float[] whole = draws(NOISE, 2, Site.EMBEDDING, 40, 10, 17, 0, 1);
    float[] part = draws(NOISE, 2, Site.EMBEDDING, 43, 4, 17, 0, 1);
    assertThat(part).isEqualTo(Arrays.copyOfRange(whole, 3 * 17, 7 * 17));
  }

  @Test
  void everySiteLayerStepSeedAndRowDrawsDifferently() {
    Set<Integer> seen = new HashSet<>();
    int drawn = 0;
    for (long seed = 0; seed < 3; seed++) {
      for (long step = 0; step < 3; step++) {
        for (int layer = 0; layer < 3; layer++) {
          for (Site site : Site.values()) {
            float[] draws = draws(new Noise(seed, step), layer, site, 0, 3, 8, 0, 1);
            for (int row = 0; row < 3; row++) {
              seen.add(Arrays.hashCode(Arrays.copyOfRange(draws, row * 8, row * 8 + 8)));
              drawn++;
            }
          }
        }
      }
    }
    assertThat(drawn).isEqualTo(27 * 3 * Site.values().length);
    assertThat(seen).hasSize(drawn);
  }

  @Test
  void dropoutFactorsAreZeroOrTheInverseOfTheKeptShare() {
    double rate = 0.3;
    float[] factors = Tensors.toFloats(NOISE.dropout(1, Site.EMBEDDING, 0, 100, 400, rate));
    int dropped = 0;
    for (float factor : factors) {
      assertThat(factor).isIn(0f, (float) (1 / (1 - rate)));
      dropped += factor == 0 ? 1 : 0;
    }
    double error = Math.sqrt(rate * (1 - rate) / factors.length);
    assertThat(dropped / (double) factors.length).isCloseTo(rate, within(4 * error));
  }

  @Test
  void noRowsGiveAnEmptyTensor() {
    assertThat(NOISE.uniform(0, Site.JITTER, 5, 0, 8, 0, 1).numel()).isZero();
  }

  private static float[] draws(
      Noise noise, int layer, Site site, long first, int rows, int columns, float low, float high) {
    return Tensors.toFloats(noise.uniform(layer, site, first, rows, columns, low, high));
  }
}
