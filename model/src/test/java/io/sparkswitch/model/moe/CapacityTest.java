package io.sparkswitch.model.moe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapacityTest {
  @ParameterizedTest
  @CsvSource({
    "50, 4, 1.0, 13", "10, 1, 1.1, 11", "100, 10, 1.1, 11", "6, 3, 1.0, 2", "7, 3, 1.0, 3",
    "1, 8, 1.0, 1", "1, 8, 0.01, 1", "0, 4, 1.25, 0", "80, 8, 1.25, 13", "3000, 10, 1.1, 330",
    "1000000, 8, 1.1, 137500", "1000001, 8, 1.1, 137501"
  })
  void itIsTheCeilingOfTheExactQuotient(int tokens, int experts, double factor, int slots) {
    assertThat(Capacity.factor(factor).of(tokens, experts, 1)).isEqualTo(slots);
  }

  @ParameterizedTest
  @CsvSource({"50, 4, 1.0, 12", "10, 1, 1.1, 11", "3000, 10, 1.1, 330", "1, 8, 1.0, 0"})
  void roundedDownItIsTheFloorOfTheExactQuotient(
      int tokens, int experts, double factor, int slots) {
    Capacity capacity = new Capacity(Capacity.Kind.SHARE_ROUNDED_DOWN, factor, 0);
    assertThat(capacity.of(tokens, experts, 1)).isEqualTo(slots);
  }

  @Test
  void twoChoicesATokenNeedTwiceTheSlots() {
    assertThat(Capacity.factor(1).of(29, 8, 2)).isEqualTo(8);
  }

  @Test
  void aFixedCapacityDependsOnNothing() {
    assertThat(Capacity.fixed(64).of(7, 3, 2)).isEqualTo(64);
    assertThatThrownBy(() -> Capacity.fixed(0)).hasMessageContaining("fixed capacity is 0");
  }

  @Test
  void droplessTakesEveryTokenEvenASingleOne() {
    assertThat(Capacity.dropless().of(1, 128, 1)).isGreaterThanOrEqualTo(1);
    assertThat(Capacity.factor(Double.POSITIVE_INFINITY).of(1_000_000, 1, 1))
        .isGreaterThanOrEqualTo(1_000_000);
  }
}
