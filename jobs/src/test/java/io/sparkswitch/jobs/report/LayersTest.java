package io.sparkswitch.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LayersTest {

  @Test
  void layersComeEncoderFirstAndByNumber() {
    assertThat(
            Stream.of("decoder.1", "encoder.11", "encoder.3")
                .sorted(LayerOrder.BY_STACK_AND_NUMBER))
        .containsExactly("encoder.3", "encoder.11", "decoder.1");
  }

  @Test
  void imbalanceIsTheBusiestExpertOverTheMean() {
    ExpertBalance balance = ExpertBalance.of(List.of(0.5, 0.25, 0.25, 0.0));

    assertThat(balance.imbalance()).hasValue(2.0);
    assertThat(balance.unused()).isEqualTo(1);
  }

  @Test
  void aLayerWithoutTokensHasNoImbalance() {
    assertThat(ExpertBalance.of(List.of(0.0, 0.0)).imbalance()).isEmpty();
  }
}
