package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.TapeOptions.Activations;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Naive twins go through every matrix that a token meets, by its name. */
class FlopsTest {
  private static final int INPUTS = 24;
  private static final int TARGETS = 10;

  @Test
  void gemmFlopsAreThoseOfEveryMatrixAndOfTheScores() {
    for (T5Config config : EveryKindOfConfig.all()) {
      long expected = 2L * config.vocab() * config.width().embed() * TARGETS;
      for (ParameterSpec matrix : matrices(config)) {
        expected += 2 * matrix.size() * tokens(matrix.name());
      }
      // Scores, and values weighted by them.
      long products = 4L * config.width().inner();
      expected += products * config.encoderLayers() * INPUTS * INPUTS;
      expected += products * config.decoderLayers() * TARGETS * (TARGETS + INPUTS);

      assertThat(config.gemmFlops(INPUTS, TARGETS)).as(config::toString).isEqualTo(expected);
    }
  }

  @Test
  void aTrainingStepMultipliesEveryMatrixThriceAndOnceMoreWhatIsRecomputed() {
    int sequences = 3;
    for (T5Config config : EveryKindOfConfig.all()) {
      Work work = Work.full(config, sequences, INPUTS, TARGETS);
      long products = 0; // of forward, backward to the input, backward to the matrix
      long again = 0;
      for (ParameterSpec matrix : matrices(config)) {
        long rows = sequences * tokens(matrix.name());
        long out = matrix.shape()[0];
        long in = matrix.shape()[1];
        products += 2 * (rows * in * out + rows * out * in + out * rows * in);
        again += matrix.name().contains(".router.") ? 0 : 2 * rows * in * out;
      }
      for (long[] lengths : attentions(config)) {
        long heads = (long) sequences * config.width().heads();
        long one = 2 * heads * lengths[0] * lengths[1] * config.width().headDim();
        products += 2 * one + 4 * one; // scores and mixtures; of q, k, v and weights
        again += 2 * one;
      }
      long logits = 2L * sequences * TARGETS * config.width().embed() * config.vocab();

      StepFlops flops = StepFlops.of(config, work);

      assertThat(flops.training(Activations.KEPT))
          .as(config::toString)
          .isEqualTo(products + 3 * logits);
      assertThat(flops.training(Activations.RECOMPUTED) - flops.training(Activations.KEPT))
          .as(config::toString)
          .isEqualTo(again);
    }
  }

  @Test
  void positionsWithoutTargetHaveNoLogitsAndDroppedTokensNoExpert() {
    T5Config config = EveryKindOfConfig.all().get(1);
    Work full = Work.full(config, 2, INPUTS, TARGETS);
    Work less = new Work(2, INPUTS, TARGETS, full.targetTokens() - 3, full.expertProducts() - 100);
    long saved = 2L * 3 * config.width().embed() * config.vocab() + 2 * 100;

    assertThat(StepFlops.of(config, full).forward() - StepFlops.of(config, less).forward())
        .isEqualTo(saved);
  }

  /** Queries and keys of every attention. */
  private static List<long[]> attentions(T5Config config) {
    List<long[]> all = new ArrayList<>();
    for (int i = 0; i < config.encoderLayers(); i++) {
      all.add(new long[] {INPUTS, INPUTS});
    }
    for (int i = 0; i < config.decoderLayers(); i++) {
      all.add(new long[] {TARGETS, TARGETS});
      all.add(new long[] {TARGETS, INPUTS});
    }
    return all;
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
