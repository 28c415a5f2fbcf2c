package io.sparkswitch.jobs.study.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CrossingTest {
  private static final List<CurvePoint> CURVE =
      List.of(new CurvePoint(100, 10, 5), new CurvePoint(200, 30, 4), new CurvePoint(300, 40, 4.5));

  @Test
  void betweenTwoEvaluationsALossFallsEvenly() {
    assertThat(Crossing.of(CURVE, 4.25)).hasValue(new CurvePoint(175, 25, 4.25));
  }

  @Test
  void theFirstPointThatIsLowEnoughCounts() {
    assertThat(Crossing.of(CURVE, 4)).hasValue(new CurvePoint(200, 30, 4));
    assertThat(Crossing.of(CURVE, 6)).hasValue(new CurvePoint(100, 10, 5));
  }

  @Test
  void aLossThatIsNeverReachedIsNoCrossing() {
    assertThat(Crossing.of(CURVE, 3.9)).isEmpty();
    assertThat(Crossing.of(List.of(), 3.9)).isEmpty();
  }
}
