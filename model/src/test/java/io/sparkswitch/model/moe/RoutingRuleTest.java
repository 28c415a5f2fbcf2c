package io.sparkswitch.model.moe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingRuleTest {
  @ParameterizedTest
  @CsvSource({
    "50, 4, 1.0, 13", "10, 1, 1.1, 11", "100, 10, 1.1, 11", "6, 3, 1.0, 2", "7, 3, 1.0, 3",
    "1, 8, 1.0, 1", "1, 8, 0.01, 1", "0, 4, 1.25, 0", "80, 8, 1.25, 13", "3000, 10, 1.1, 330",
    "1000000, 8, 1.1, 137500", "1000001, 8, 1.1, 137501"
  })
  void capacityIsTheCeilingOfTheExactQuotient(int tokens, int experts, double factor, int slots) {
    assertThat(RoutingRule.withCapacity(factor).capacity(tokens, experts)).isEqualTo(slots);
  }

  @Test
  void droplessTakesEveryTokenEvenASingleOne() {
    assertThat(RoutingRule.dropless().capacity(1, 128)).isGreaterThanOrEqualTo(1);
    assertThat(RoutingRule.dropless().capacity(1_000_000, 1)).isGreaterThanOrEqualTo(1_000_000);
  }
}
