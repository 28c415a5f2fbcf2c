package io.sparkswitch.jobs.study.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DetectableDifferenceTest {

  @Test
  void threePairsHaveTheTextbooksQuantiles() {
    // Two degrees of freedom: t(0.975) = 4.30265, t(0.8) = 1.06066; the deviation is 0.1.
    Spread row = new Spread(List.of(0.1, 0.2, 0.3));

    assertThat(DetectableDifference.of(List.of(row)).orElseThrow())
        .isCloseTo((4.30265 + 1.06066) * 0.1 / Math.sqrt(3), within(1e-5));
  }

  @Test
  void moreRowsTellMoreOfTheNoise() {
    Spread row = new Spread(List.of(0.1, 0.2, 0.3));

    // Eight degrees of freedom: t(0.975) = 2.30600, t(0.8) = 0.88889.
    assertThat(DetectableDifference.of(List.of(row, row, row, row)).orElseThrow())
        .isCloseTo((2.30600 + 0.88889) * 0.1 / Math.sqrt(3), within(1e-5));
  }

  @Test
  void onePairEachDetectsNothing() {
    assertThat(DetectableDifference.of(List.of(new Spread(List.of(0.5))))).isEmpty();
    assertThat(DetectableDifference.of(List.of())).isEmpty();
  }

  @Test
  void aDifferenceOfThatSizeIsFoundFourTimesInFive() {
    Random random = new Random(11);
    double deviation = 1;
    int pairs = 6;
    // t(0.975) = 2.57058 and t(0.8) = 0.91954 with five degrees of freedom.
    double difference = (2.57058 + 0.91954) * deviation / Math.sqrt(pairs);
    int found = 0;
    int studies = 4000;
    for (int study = 0; study < studies; study++) {
      List<Double> values = new ArrayList<>();
      for (int pair = 0; pair < pairs; pair++) {
        values.add(difference + deviation * random.nextGaussian());
      }
      Spread spread = new Spread(values);
      if (Math.abs(spread.mean()) > 2.57058 * spread.standardError().orElseThrow()) {
        found++;
      }
    }
    assertThat((double) found / studies).isBetween(0.77, 0.84);
  }

  @Test
  void whatIsNotFiniteIsNoFigure() {
    assertThatThrownBy(() -> new Spread(List.of(1.0, Double.NaN)))
        .hasMessage("a pair's value is NaN");
    assertThatThrownBy(() -> new Spread(List.of())).hasMessageContaining("no pair");
  }
}
