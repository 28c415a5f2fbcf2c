package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MagnitudeTest {
  @Test
  void smallCountsHaveAllTheirDigitsAndLargeOnesThreeAndAWord() {
    assertThat(Magnitude.of(0)).isEqualTo("0");
    assertThat(Magnitude.of(9_999_999)).isEqualTo("9,999,999");
    assertThat(Magnitude.of(10_000_000)).isEqualTo("10.0 million");
    assertThat(Magnitude.of(999_499_999)).isEqualTo("999 million");
    assertThat(Magnitude.of(999_500_000)).isEqualTo("1.00 billion");
    assertThat(Magnitude.of(1_571_308_972_448L)).isEqualTo("1.57 trillion");
  }

  @Test
  void numbersInWordsBeginAtAMillion() {
    assertThat(Magnitude.inWords(999_499)).isEqualTo("999,499");
    assertThat(Magnitude.inWords(999_500)).isEqualTo("1.00 million");
    assertThat(Magnitude.inWords(6.2487e12)).isEqualTo("6.25 trillion");
    assertThat(Magnitude.inWords(4e18)).isEqualTo("4,000 quadrillion");
  }

  @Test
  void bytesAreMebibytesUntilTheyAreMany() {
    assertThat(Magnitude.ofBytes(1.5 * (1 << 20))).isEqualTo("1.50 MiB");
    assertThat(Magnitude.ofBytes(9000.0 * (1 << 20))).isEqualTo("9000 MiB");
    assertThat(Magnitude.ofBytes(38.25 * (1 << 30))).isEqualTo("38.3 GiB");
  }
}
