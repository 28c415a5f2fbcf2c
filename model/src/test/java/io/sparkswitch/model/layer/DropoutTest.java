package io.sparkswitch.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Noise.Site;
import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DropoutTest {
  private PointerScope scope;

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void theMeanIsKept() {
    double rate = 0.2;
    Tensor ones = torch.ones_like(Tensors.zeros(ScalarType.Double, 40, 30, 50));
    double mean =
        new Dropout(rate, new Noise(1, 2), 9).apply(ones, 3, Site.EMBEDDING).mean().item_double();
    double error = Math.sqrt(rate / (1 - rate) / (40.0 * 30 * 50));
    assertThat(mean).isCloseTo(1, within(4 * error));
    assertThat(mean).isNotEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"0, 3", "3, 8", "7, 8", "2, 2"})
  void aSliceOfTheSequencesDrawsWhatTheWholeDraws(int from, int to) {
    Tensor x = Doubles.normal(1, 8, 5, 6);
    Tensor whole = new Dropout(0.3, new Noise(1, 2), 100).apply(x, 3, Site.ATTENTION_OUTPUT);
    Tensor part =
        new Dropout(0.3, new Noise(1, 2), 100L + from)
            .apply(x.narrow(0, from, (long) to - from), 3, Site.ATTENTION_OUTPUT);
    assertThat(Doubles.of(part)).isEqualTo(Doubles.of(whole.narrow(0, from, (long) to - from)));
  }

  @Test
  void seedStepLayerSiteAndSequenceEachChangeTheDraws() {
    Dropout dropout = new Dropout(0.5, new Noise(1, 2), 0);
    double[] base = apply(dropout, 3, Site.EMBEDDING);
    assertThat(apply(dropout, 3, Site.EMBEDDING)).isEqualTo(base);
    assertThat(apply(dropout, 4, Site.EMBEDDING)).isNotEqualTo(base);
    assertThat(apply(dropout, 3, Site.STACK_OUTPUT)).isNotEqualTo(base);
    assertThat(apply(new Dropout(0.5, new Noise(2, 2), 0), 3, Site.EMBEDDING)).isNotEqualTo(base);
    assertThat(apply(new Dropout(0.5, new Noise(1, 3), 0), 3, Site.EMBEDDING)).isNotEqualTo(base);
    assertThat(apply(new Dropout(0.5, new Noise(1, 2), 1), 3, Site.EMBEDDING)).isNotEqualTo(base);
  }

  @Test
  void rateZeroIsTheIdentity() {
    Tensor x = Doubles.normal(1, 2, 3);
    assertThat(Dropout.none().apply(x, 0, Site.EMBEDDING)).isSameAs(x);
    assertThat(new Dropout(0, new Noise(5, 6), 7).apply(x, 0, Site.EMBEDDING)).isSameAs(x);
  }

  private static double[] apply(Dropout dropout, int layer, Site site) {
    return Doubles.of(dropout.apply(Doubles.normal(8, 4, 25), layer, site));
  }
}
