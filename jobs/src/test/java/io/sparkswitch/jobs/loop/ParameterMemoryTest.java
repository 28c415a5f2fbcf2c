package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.optim.Optimizer;
import io.sparkswitch.model.t5.T5Parameters;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ParameterMemoryTest {
  private static final int ROWS = 256;

  @Test
  void anExecutorHoldsTheDensePartTwiceAndItsExpertsWithTheirStateAndACopyOfBoth() {
    Plan plan = Plan.of(config("routing.group-sequences=2"), ROWS, 3);
    long expert = 2 * 2 * 128 * 512; // two layers of two matrices
    long state = 2 * 2 * (128 + 512); // a row and a column of each

    assertThat(plan.memory().executor())
        .isEqualTo(
            4 * (2 * plan.denseParameters() + 3 * (3 * expert + 2 * state))
                + 4 * Optimizer.scratch(T5Parameters.experts(plan.architecture(), 0, 1)));
  }

  @Test
  void theDriverHoldsNoExperts() {
    long few = Plan.of(config(), ROWS, 2).memory().driver();
    long many = Plan.of(config("model.num-experts=64"), ROWS, 2).memory().driver();

    // Two routers, too small to be factored: values, gradients, state, and copies of values and
    // state.
    assertThat(many - few).isEqualTo(4 * 5 * 2 * (64 - 8) * 128);
  }

  private static RunConfig config(String... settings) {
    return ConfigLoader.load(
        Optional.empty(),
        Stream.concat(
                Stream.of("preset=nano-switch", "optimizer.schedule=constant"), Stream.of(settings))
            .toList());
  }
}
