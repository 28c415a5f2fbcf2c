package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.tensor.ParameterSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class T5ParametersTest {
  @Test
  void expertsOfARangeAreThoseOfTheWholeListInItsOrder() {
    for (T5Config config : EveryKindOfConfig.all()) {
      List<String> whole = names(T5Parameters.experts(config, 0, config.experts()));
      for (int from = 0; from < config.experts(); from += 2) {
        int first = from;
        List<String> expected =
            whole.stream()
                .filter(name -> T5Parameters.expertOf(name) >= first)
                .filter(name -> T5Parameters.expertOf(name) < first + 2)
                .toList();
        assertThat(names(T5Parameters.experts(config, from, from + 2)))
            .isNotEmpty()
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void noExpertIsDenseAndNothingDenseIsAnExpert() {
    for (T5Config config : EveryKindOfConfig.all()) {
      assertThat(names(T5Parameters.dense(config)))
          .doesNotHaveDuplicates()
          .allMatch(name -> T5Parameters.expertOf(name) == -1);
      assertThat(names(T5Parameters.experts(config, 0, config.experts())))
          .doesNotHaveDuplicates()
          .allMatch(name -> T5Parameters.expertOf(name) >= 0);
    }
  }

  @Test
  void listsDoNotGrowWithTheExpertsThatWereNotAskedFor() {
    SwitchConfig million =
        SwitchConfig.feedForward(1_000_000, SparseBlocks.every(1, 2, 2), RoutingRule.dropless(), 1);
    T5Config config = TinyModel.config(TinyModel.QUIET, million);

    assertThat(T5Parameters.experts(config, 999_998, 1_000_000)).hasSize(2 * 2 * 2 * 2);
    assertThat(T5Parameters.dense(config))
        .hasSameSizeAs(T5Parameters.dense(TinyModel.config(TinyModel.QUIET, fewExperts())));
  }

  @Test
  void expertsThatDoNotExistAreRefused() {
    T5Config config = TinyModel.config(TinyModel.QUIET, fewExperts());

    assertThatThrownBy(() -> T5Parameters.experts(config, 1, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("experts [1, 3) of 2");
    assertThat(T5Parameters.experts(config.dense(), 0, 0)).isEmpty();
  }

  private static SwitchConfig fewExperts() {
    return SwitchConfig.feedForward(2, SparseBlocks.every(1, 2, 2), RoutingRule.dropless(), 1);
  }

  private static List<String> names(List<ParameterSpec> specs) {
    return specs.stream().map(ParameterSpec::name).toList();
  }
}
