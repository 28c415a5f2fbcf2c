package io.sparkswitch.model.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.model.optim.Schedule.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
  @ParameterizedTest
  @CsvSource({"1, 0.01", "10000, 0.01", "40000, 0.005", "1000000, 0.001"})
  void t5IsFlatForTenThousandStepsThenFallsWithTheSquareRoot(long t, double rate) {
    assertThat(new Schedule(Kind.T5, 0, 0, 100).rate(t)).isCloseTo(rate, within(1e-15));
  }

  /** S = 500: w = 50. S = 3000: w = 150. S = 100: w = 50. */
  @ParameterizedTest
  @CsvSource({
    "500, 1, 0.0008", // 0.04 / 50
    "500, 50, 0.04", // w
    "500, 200, 0.02", // 0.04 · √(50 / 200)
    "500, 250, 0.017888543819998", // S/2: 0.04 · √(1 / 5)
    "500, 450, 0.008888888888889", // 0.04 · 1/3 · 50/75
    "500, 500, 0", // S
    "3000, 1, 0.000266666666667", // 0.04 / 150
    "3000, 150, 0.04",
    "3000, 1500, 0.012649110640674", // 0.04 · √(1 / 10)
    "3000, 3000, 0",
    "100, 25, 0.02"
  })
  void shortRisesFallsWithTheSquareRootAndEndsAtZero(long steps, long t, double rate) {
    assertThat(new Schedule(Kind.SHORT, 0.04, 0, steps).rate(t)).isCloseTo(rate, within(1e-14));
  }

  @Test
  void constantIsItsPeak() {
    Schedule schedule = new Schedule(Kind.CONSTANT, 0.3, 0, 10);
    assertThat(new double[] {schedule.rate(1), schedule.rate(5), schedule.rate(10)})
        .containsOnly(0.3);
  }

  @ParameterizedTest
  @CsvSource({
    "4, 20, 1, 0.1", // 0.4 / 4
    "4, 20, 4, 0.4", // w
    "4, 20, 12, 0.2", // half of the way down
    "4, 20, 20, 0", // S
    "0, 10, 1, 0.36", // no warm-up: 0.4 · 9/10
    "0, 10, 10, 0"
  })
  void linearRisesFallsAndEndsAtZero(long warmup, long steps, long t, double rate) {
    assertThat(new Schedule(Kind.LINEAR, 0.4, warmup, steps).rate(t))
        .isCloseTo(rate, within(1e-15));
  }

  @ParameterizedTest
  @CsvSource({"1, 0.01, 1e-6", "5000, 0.01, 0.005", "10000, 0.01, 0.01", "40000, 0.005, 0.005"})
  void relativeStepsFallWithTheSquareRootAndMayStartSlowly(long t, double flat, double slow) {
    assertThat(new Schedule(Kind.RELATIVE, 0, 0, 9).rate(t)).isCloseTo(flat, within(1e-15));
    assertThat(new Schedule(Kind.RELATIVE_WARMUP, 0, 0, 9).rate(t)).isCloseTo(slow, within(1e-15));
  }

  @Test
  void aWarmUpAsLongAsTheRunIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Schedule(Kind.LINEAR, 0.1, 10, 10))
        .withMessageContaining("warm-up is 10 steps, must be from 0 to below the run's 10");
  }

  @Test
  void aRunWithoutStepsOrARateThatIsNotPositiveIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Schedule(Kind.T5, 0, 0, 0))
        .withMessageContaining("steps is 0, must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Schedule(Kind.SHORT, Double.NaN, 0, 5))
        .withMessageContaining("peak rate is NaN, must be above 0");
  }
}
