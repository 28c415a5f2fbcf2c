package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class VerdictTest {
  @Test
  void gradientsLongerThanTheNormAreScaledDownToIt() {
    assertThat(Verdict.of(0.1, 2, 25)).isEqualTo(new Verdict(0.1, 0.4));
    assertThat(Verdict.of(0.1, 2, 25).clips()).isTrue();
  }

  @Test
  void shorterGradientsAndThoseOfARunWithoutClippingAreLeftAlone() {
    assertThat(Verdict.of(0.1, 5, 25)).isEqualTo(new Verdict(0.1, 1));
    assertThat(Verdict.of(0.1, 0, 1e30)).isEqualTo(new Verdict(0.1, 1));
    assertThat(Verdict.of(0.1, 1, 0).clips()).isFalse();
    assertThat(Verdict.none().clips()).isFalse();
  }

  @Test
  void aScaleThatIsNoScaleIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Verdict(0.1, Double.NaN))
        .withMessage("clipScale is NaN, must be in (0, 1]");
  }
}
