package io.sparkswitch.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.jobs.report.Series.Mark;
import io.sparkswitch.jobs.report.Series.Point;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ChartPartsTest {

  @Test
  void ticksAreRoundAndCoverTheRange() {
    Scale scale = Scale.covering(4.41, 5.18, 6);

    assertThat(scale.from()).isLessThanOrEqualTo(4.41);
    assertThat(scale.to()).isGreaterThanOrEqualTo(5.18);
    assertThat(scale.ticks()).extracting(scale::label).startsWith("4.4", "4.6").endsWith("5.2");
  }

  @Test
  void aScaleWithinTheRangeEndsWhereItDoes() {
    Scale steps = Scale.within(0, 3000, 6);

    assertThat(steps.ticks()).extracting(steps::label).startsWith("0", "500").endsWith("3,000");
    assertThat(steps.position(1500)).isEqualTo(0.5);
  }

  @Test
  void aConstantCurveStillHasAScale() {
    assertThat(Scale.covering(4.5, 4.5, 6).ticks()).hasSizeGreaterThan(1);
  }

  @Test
  void aLineIsCutWhereItCrossesTheCeiling() {
    Series cut =
        new Series("a", Mark.NONE, List.of(new Point(0, 8), new Point(10, 4), new Point(20, 3)))
            .below(5);

    assertThat(cut.points()).containsExactly(new Point(7.5, 5), new Point(10, 4), new Point(20, 3));
  }

  @Test
  void marksAboveTheCeilingAreLeftOut() {
    Series cut = new Series("a", Mark.CIRCLE, List.of(new Point(0, 8), new Point(10, 4))).below(5);

    assertThat(cut.points()).containsExactly(new Point(10, 4));
  }

  @Test
  void figuresHaveSensibleDigits() {
    assertThat(Numbers.nats(OptionalDouble.of(-4.42231))).isEqualTo("−4.422");
    assertThat(Numbers.signedNats(OptionalDouble.of(0.0912))).isEqualTo("+0.091");
    assertThat(Numbers.magnitude(OptionalDouble.of(1_459_968))).isEqualTo("1.46 M");
    assertThat(Numbers.magnitude(OptionalDouble.of(999_900))).isEqualTo("1.00 M");
    assertThat(Numbers.magnitude(OptionalDouble.of(220e6))).isEqualTo("220 M");
    assertThat(Numbers.count(OptionalDouble.of(46400))).isEqualTo("46,400");
    assertThat(Numbers.share(OptionalDouble.of(0.0123))).isEqualTo("1.23\u00a0%");
    assertThat(Numbers.duration(OptionalDouble.of(641))).isEqualTo("10 min 41 s");
    assertThat(Numbers.duration(OptionalDouble.of(7260))).isEqualTo("2 h 1 min");
    assertThat(Numbers.nats(OptionalDouble.empty())).isEqualTo("–");
  }

  @Test
  void anElementLeftOpenIsAnError() {
    assertThatThrownBy(() -> new Html().open("p").finish())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("[p]");
  }

  @Test
  void aStyleSheetThatCouldEndItsElementIsRefused() {
    assertThatThrownBy(() -> new Html().styleSheet("a{}</style>"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
