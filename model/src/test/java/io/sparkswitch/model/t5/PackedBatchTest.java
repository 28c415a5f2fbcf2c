package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.data.batch.Packing;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.tensor.Doubles;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Examples side by side in a sequence, and each in a sequence of its own. */
class PackedBatchTest {
  private static final int INPUTS = 9;
  private static final int TARGETS = 7;

  /** Lengths of inputs and targets; together two and two fit, and the second pair just so. */
  private static final int[][] EXAMPLES = {{3, 2}, {4, 3}, {5, 4}, {4, 3}};

  static Stream<T5Config> configs() {
    return Stream.of(
        TinyModel.config(TinyModel.conventions(FeedForwardKind.RELU), null),
        TinyModel.config(TinyModel.conventions(FeedForwardKind.GATED_GELU), null),
        TinyModel.config(TinyModel.QUIET, TinyModel.sparse(8, 8.0, 0.1, 0, 0)));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void packingChangesNeitherLossNorGradients(T5Config config) throws Exception {
    GangRun alone = GangRun.train(config, Precision.FLOAT64, batch(1), new int[] {0, 4});
    GangRun packed = GangRun.train(config, Precision.FLOAT64, batch(2), new int[] {0, 2});
    assertThat(packed.targetTokens()).isEqualTo(alone.targetTokens()).isEqualTo(12);
    assertThat(packed.crossEntropy()).isCloseTo(alone.crossEntropy(), within(1e-9));
    assertThat(packed.routerLosses()).isCloseTo(alone.routerLosses(), within(1e-9));
    assertThat(packed.gradients()).isNotEmpty().hasSameSizeAs(alone.gradients());
    alone
        .gradients()
        .forEach(
            (name, gradient) ->
                assertThat(Doubles.distance(packed.gradients().get(name), gradient))
                    .as(name)
                    .isLessThanOrEqualTo(1e-9 * Math.max(1e-3, Doubles.largest(gradient))));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void withoutPackingTheSameTokensAreOneText(T5Config config) throws Exception {
    Batch packed = batch(2);
    Batch joined =
        new Batch(
            packed.sequences(),
            packed.encoderLength(),
            packed.decoderLength(),
            packed.encoderInputTokens(),
            packed.decoderInputTokens(),
            packed.decoderTargetTokens(),
            packed.decoderLossWeights(),
            packed.segmentIds(),
            packed.epochs());
    double apart =
        GangRun.evaluate(config, Precision.FLOAT64, packed, new int[] {0, 2}).crossEntropy();
    double together =
        GangRun.evaluate(config, Precision.FLOAT64, joined, new int[] {0, 2}).crossEntropy();
    assertThat(Math.abs(apart - together)).isGreaterThan(1e-6);
  }

  /** The examples in sequences of so many; alone without packing. */
  private static Batch batch(int perSequence) {
    int sequences = EXAMPLES.length / perSequence;
    int[] inputs = new int[sequences * INPUTS];
    int[] shifted = new int[sequences * TARGETS];
    int[] targets = new int[sequences * TARGETS];
    float[] weights = new float[sequences * TARGETS];
    Packing packing =
        new Packing(
            new int[inputs.length],
            new int[inputs.length],
            new int[targets.length],
            new int[targets.length]);
    SplittableRandom random = new SplittableRandom(4);
    for (int sequence = 0, example = 0; sequence < sequences; sequence++) {
      int in = sequence * INPUTS;
      int out = sequence * TARGETS;
      for (int number = 1; number <= perSequence; number++, example++) {
        for (int i = 0; i < EXAMPLES[example][0]; i++, in++) {
          inputs[in] = 2 + random.nextInt(TinyModel.VOCAB - 2);
          packing.encoderSegments()[in] = number;
          packing.encoderPositions()[in] = i;
        }
        for (int i = 0; i < EXAMPLES[example][1]; i++, out++) {
          targets[out] = 2 + random.nextInt(TinyModel.VOCAB - 2);
          shifted[out] = i == 0 ? 0 : targets[out - 1];
          weights[out] = 1;
          packing.decoderSegments()[out] = number;
          packing.decoderPositions()[out] = i;
        }
      }
    }
    return new Batch(
        sequences,
        INPUTS,
        TARGETS,
        inputs,
        shifted,
        targets,
        weights,
        new long[sequences],
        new int[sequences],
        perSequence == 1 ? Optional.empty() : Optional.of(packing));
  }
}
