package io.sparkswitch.data.batch.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkswitch.data.batch.Facts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MixtureTest {
  @Test
  void ratesAreThoseOfSeqio() {
    int compared = 0;
    for (JsonNode row : Facts.of("seqio.json").get("mixing_rate_num_examples")) {
      MixingRate rate =
          new MixingRate(
              row.path("scale").asDouble(1),
              row.path("temperature").asDouble(1),
              row.path("maximum").asDouble(Double.POSITIVE_INFINITY));
      assertThat(rate.of(row.get("examples").asLong()))
          .as("%s", row)
          .isEqualTo(row.get("rate").asDouble());
      compared++;
    }
    assertThat(compared).isEqualTo(4);
  }

  @Test
  void theExponentFavoursSmallParts() {
    Mixture mixture = Mixture.byExponent(Map.of("en", 1_000_000L, "sw", 1_000L, "xx", 0L), 0.3);

    // 1000 times the size is 1000^0.3 = 7.94 times the share.
    assertThat(mixture.share("en") / mixture.share("sw")).isCloseTo(7.9433, within(1e-4));
    assertThat(mixture.share("en") + mixture.share("sw")).isCloseTo(1, within(1e-12));
    assertThat(mixture.names()).containsExactly("en", "sw");
  }

  @Test
  void exponentOneMixesBySizeAndWeightsNeedNotSumToOne() {
    Mixture sizes = Mixture.byExponent(Map.of("a", 30L, "b", 10L), 1);
    Mixture weights = Mixture.ofWeights(Map.of("b", 2.0, "a", 6.0));

    assertThat(sizes.share("a")).isEqualTo(0.75);
    assertThat(weights.share("a")).isEqualTo(0.75);
  }

  @Test
  void capsAreGivenToAllPartsOrToOne() {
    Mixture mixture = Mixture.ofWeights(Map.of("a", 1.0, "b", 1.0, "c", 1.0));

    assertThat(mixture.atMost(4).atMost("b", 2).parts())
        .extracting(MixturePart::maxEpochs)
        .containsExactly(4, 2, 4);
    assertThat(mixture.parts()).noneMatch(MixturePart::capped);
  }

  @Test
  void whatIsNoMixtureIsRefusedWithTheRemedy() {
    assertThatThrownBy(() -> Mixture.ofWeights(Map.of())).hasMessageContaining("name at least one");
    assertThatThrownBy(() -> Mixture.ofWeights(Map.of("a", 0.0)))
        .hasMessage("part a has weight 0.0: give a number above 0, or leave the part out");
    assertThatThrownBy(() -> Mixture.ofWeights(Map.of("a", 1.0)).atMost(0))
        .hasMessageContaining("part a may be used for 0 epochs");
    assertThatThrownBy(() -> Mixture.ofWeights(Map.of("a", 1.0, "b", 1.0)).atMost("c", 1))
        .hasMessage("no part c in a mixture of a, b");
    assertThatThrownBy(() -> Mixture.byExponent(Map.of("a", 1L), -0.3))
        .hasMessageContaining("exponent -0.3");
    MixturePart part = new MixturePart("a", 1, 1);
    assertThatThrownBy(() -> new Mixture(List.of(part, part), 10))
        .hasMessageContaining("part a is in the mixture twice");
    assertThatThrownBy(() -> Mixture.ofWeights(Map.of("a", 1.0)).inBlocksOf(0))
        .hasMessageContaining("blocks of 0");
  }
}
