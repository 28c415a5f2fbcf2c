package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterCountsTest {
  @Test
  void whatIsReckonedIsWhatIsListed() {
    List<T5Config> configs = EveryKindOfConfig.all();
    assertThat(configs).hasSizeGreaterThan(100);
    for (T5Config config : configs) {
      List<ParameterSpec> dense = T5Parameters.dense(config);
      List<ParameterSpec> experts = T5Parameters.experts(config, 0, config.experts());
      ParameterCounts counts = config.parameterCounts();

      assertThat(counts.dense()).as("dense of %s", config).isEqualTo(Parameters.size(dense));
      assertThat(counts.sparse()).as("experts of %s", config).isEqualTo(Parameters.size(experts));
      assertThat(config.parameters()).isEqualTo(counts.dense() + counts.sparse());
      for (StackKind stack : StackKind.values()) {
        assertThat(counts.total(stack))
            .as("%s of %s", stack, config)
            .isEqualTo(of(stack, dense) + of(stack, experts));
      }
    }
  }

  @Test
  void aTokenMeetsAsManyExpertsAsComputeIt() {
    int compared = 0;
    for (T5Config config : EveryKindOfConfig.all()) {
      if (config.experts() > 0) {
        int visits = config.training().selection().expertsPerToken();
        long met = Parameters.size(T5Parameters.experts(config, 0, visits));
        assertThat(config.parameterCounts().active())
            .as(config::toString)
            .isEqualTo(Parameters.size(T5Parameters.dense(config)) + met);
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(100);
  }

  private static long of(StackKind stack, List<ParameterSpec> specs) {
    return Parameters.size(
        specs.stream().filter(spec -> spec.name().startsWith(stack + ".")).toList());
  }
}
