package io.sparkswitch.jobs.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.jobs.bench.ScalingBench.Measured;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScalingBenchTest {

  @Test
  void twoExecutorsAreHeldAgainstTheSumOfBothCoresSpeeds() {
    // One does 1 update in 2 s and 1 in 6 s: 2/3 of an update a second, an update in 3 s on
    // average.
    Measured measured = new Measured(List.of(List.of(2.0, 4.0, 5.0, 12.0, 6.0)));

    assertThat(measured.oneBesideTwo().first()).isEqualTo(3.0, within(1e-12));
    assertThat(measured.oneBesideTwo().second()).isEqualTo(6.0, within(1e-12));
    assertThat(measured.oneBesideTwo().ratio()).isEqualTo(0.5, within(1e-12));
    assertThat(measured.oneBesideBoth().ratio()).isEqualTo(0.6, within(1e-12));
    assertThat(measured.bothBesideTwo().ratio()).isEqualTo(5.0 / 6, within(1e-12));
  }

  @Test
  void ofTheFastestEachCountsByItself() {
    Measured measured =
        new Measured(List.of(List.of(2.0, 9.0, 9.0, 4.0, 9.0), List.of(9.0, 5.0, 9.0, 9.0, 6.0)));

    assertThat(measured.fastestRatio()).isEqualTo(3.0 / 4, within(1e-12));
  }
}
