package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.optim.Optimizer;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Parameters;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class ParameterMemoryTest {
  private static final int ROWS = 256;

  @Test
  void theStateOfEveryOptimizerIsAsLargeAsItWasReckoned() {
    for (String[] optimizer :
        new String[][] {
          {}, {"optimizer.factored-from=1000"}, {"optimizer.beta1=0.9"}, {"optimizer.name=adamw"}
        }) {
      RunConfig config = config(optimizer);
      T5Config architecture = Architecture.of(config, ROWS);
      for (List<ParameterSpec> specs :
          List.of(T5Parameters.dense(architecture), T5Parameters.experts(architecture, 0, 3))) {
        try (Parameters parameters = new Parameters(specs, ScalarType.Float);
            Optimizer real = Architecture.optimizer(config.optimizer(), parameters)) {
          assertThat(ParameterMemory.state(specs, config.optimizer()))
              .as("%s of %d parameters", List.of(optimizer), specs.size())
              .isEqualTo(real.state().values().stream().mapToLong(Tensor::numel).sum());
        }
      }
    }
  }

  @Test
  void anExecutorHoldsTheDensePartThriceAndItsExpertsWithTheirStateAndACopyOfBoth() {
    Plan plan = Plan.of(config("routing.group-sequences=2"), ROWS, 3);
    long expert = 2 * 2 * 128 * 512; // two layers of two matrices
    long state = 2 * 2 * (128 + 512); // a row and a column of each

    assertThat(plan.memory().executor())
        .isEqualTo(4 * (3 * plan.denseParameters() + 3 * (3 * expert + 2 * state)));
  }

  @Test
  void theDriverHoldsNoExperts() {
    long few = Plan.of(config(), ROWS, 2).memory().driver();
    long many = Plan.of(config("model.num-experts=64"), ROWS, 2).memory().driver();

    // Two routers, too small to be factored: values, gradients, what arrives, state, and copies.
    assertThat(many - few).isEqualTo(4 * 6 * 2 * (64 - 8) * 128);
  }

  private static RunConfig config(String... settings) {
    return ConfigLoader.load(
        Optional.empty(),
        Stream.concat(
                Stream.of("preset=nano-switch", "optimizer.schedule=constant"), Stream.of(settings))
            .toList());
  }
}
