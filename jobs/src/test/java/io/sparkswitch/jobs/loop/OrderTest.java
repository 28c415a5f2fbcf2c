package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OrderTest {

  @ParameterizedTest
  @EnumSource
  void everyOrderSurvivesTheWire(Order.Command command) {
    Order order = new Order(command, 1L << 40, -7, new Verdict(0.0125, 0.75));

    assertThat(Order.of(order.toBytes())).isEqualTo(order);
  }
}
