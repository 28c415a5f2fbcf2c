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

class OptimizerStateTest {
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
          assertThat(OptimizerState.numbers(specs, config.optimizer()))
              .as("%s of %d parameters", List.of(optimizer), specs.size())
              .isEqualTo(real.state().values().stream().mapToLong(Tensor::numel).sum());
        }
      }
    }
  }

  private static RunConfig config(String... settings) {
    return ConfigLoader.load(
        Optional.empty(),
        Stream.concat(
                Stream.of("preset=nano-switch", "optimizer.schedule=constant"), Stream.of(settings))
            .toList());
  }
}
