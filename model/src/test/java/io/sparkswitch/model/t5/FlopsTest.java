package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.tensor.ParameterSpec;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Naive twins go through every matrix that a token meets, by its name. */
class FlopsTest {
  private static final long INPUTS = 24;
  private static final long TARGETS = 10;

  @Test
  void gemmFlopsAreThoseOfEveryMatrixAndOfTheScores() {
    for (T5Config config : EveryKindOfConfig.all()) {
      long expected = 2L * config.vocab() * config.width().embed() * TARGETS;
      for (ParameterSpec matrix : matrices(config)) {
        expected += 2 * matrix.size() * tokens(matrix.name());
      }
      // Scores, and values weighted by them.
      long products = 4L * config.width().inner();
      expected += config.encoderLayers() * INPUTS * INPUTS * products;
      expected += config.decoderLayers() * TARGETS * (TARGETS + INPUTS) * products;

      assertThat(config.gemmFlops(INPUTS, TARGETS)).as(config::toString).isEqualTo(expected);
    }
  }

  @Test
  void paperFlopsLeaveRoutersOutAndCountTheDecoderByItsTargets() {
    for (T5Config config : EveryKindOfConfig.all()) {
      long expected = 2L * config.vocab() * config.width().embed() * TARGETS;
      for (ParameterSpec matrix : matrices(config)) {
        boolean router = matrix.name().contains(".router.");
        long length = matrix.name().startsWith("encoder") ? INPUTS : TARGETS;
        expected += router ? 0 : 2 * matrix.size() * length;
      }
      int inner = config.width().inner();
      expected += 2L * config.encoderLayers() * INPUTS * INPUTS * inner;
      expected += 2L * config.decoderLayers() * TARGETS * TARGETS * inner;

      assertThat(config.paperFlops(INPUTS, TARGETS)).as(config::toString).isEqualTo(expected);
    }
  }

  /** Matrices of attention, feed-forward and routers that one token meets. */
  private static List<ParameterSpec> matrices(T5Config config) {
    int visits = config.training().selection().expertsPerToken();
    List<ParameterSpec> experts =
        T5Parameters.experts(config, 0, Math.min(visits, config.experts()));
    return Stream.concat(T5Parameters.dense(config).stream(), experts.stream())
        .filter(spec -> spec.shape().length == 2)
        .filter(spec -> spec.name().contains(".block."))
        .filter(spec -> !spec.name().contains("relative_attention_bias"))
        .toList();
  }

  private static long tokens(String name) {
    boolean ofEncoderTokens =
        name.startsWith("encoder") || name.matches(".*EncDecAttention\\.[kv]\\.weight");
    return ofEncoderTokens ? INPUTS : TARGETS;
  }
}
