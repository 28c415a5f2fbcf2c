package io.sparkswitch.model.t5;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.loss.CrossEntropy;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.t5.T5Config.Conventions;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Tape;
import java.util.ArrayList;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Configurations small enough for naive twins, with batches and passes for them. */
final class TinyModel {
  static final int VOCAB = 40;
  static final Width WIDTH = new Width(8, 12, 2, 4);
  static final Noise NOISE = new Noise(11, 5);
  static final Conventions QUIET = conventions(FeedForwardKind.RELU, 0);

  static {
    // Tiny tensors gain nothing from a second thread, and on a busy machine each wait for one costs
    // a time slice.
    torch.set_num_threads(1);
  }

  private TinyModel() {}

  static Conventions conventions(FeedForwardKind kind, double dropoutRate) {
    return new Conventions(kind, kind == FeedForwardKind.RELU, 8, 20, dropoutRate, 1);
  }

  static T5Config config(Conventions conventions, SwitchConfig sparse) {
    return new T5Config(VOCAB, WIDTH, 2, 2, conventions, Optional.ofNullable(sparse));
  }

  /** The published nano preset. */
  static T5Config nano(SwitchConfig sparse) {
    Conventions conventions = new Conventions(FeedForwardKind.RELU, true, 32, 128, 0, 1);
    return new T5Config(
        4224, new Width(128, 512, 4, 32), 2, 2, conventions, Optional.ofNullable(sparse));
  }

  static T5Model model(T5Config config, ScalarType dtype, int rank, int size) {
    T5Model model = new T5Model(config, dtype, rank, size);
    model.dense().initialise(3);
    model.experts().initialise(3);
    return model;
  }

  /** Sequences of random lengths, padded on the right, on both sides. */
  static Batch batch(int sequences, int encoderLength, int decoderLength, int vocab, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] source = new int[sequences * encoderLength];
    int[] target = new int[sequences * decoderLength];
    int[] shifted = new int[sequences * decoderLength];
    float[] weights = new float[sequences * decoderLength];
    for (int s = 0; s < sequences; s++) {
      int sourceTokens = random.nextInt(encoderLength / 2, encoderLength + 1);
      for (int t = 0; t < sourceTokens; t++) {
        source[s * encoderLength + t] = random.nextInt(1, vocab);
      }
      int targetTokens = random.nextInt(decoderLength / 2, decoderLength + 1);
      for (int t = 0; t < targetTokens; t++) {
        int i = s * decoderLength + t;
        target[i] = random.nextInt(1, vocab);
        weights[i] = 1;
        shifted[i] = t == 0 ? 0 : target[i - 1];
      }
    }
    return new Batch(
        sequences,
        encoderLength,
        decoderLength,
        source,
        shifted,
        target,
        weights,
        new long[sequences],
        new int[sequences]);
  }

  static Pass pass(T5Config config, Tape tape, Exchange exchange, int microBatch) {
    RoutingRule rule =
        config
            .sparse()
            .map(s -> new RoutingRule(s.capacityFactor(), s.jitterNoise(), s.auxiliaryLossFactor()))
            .orElse(RoutingRule.dropless());
    return pass(rule, config.conventions().dropoutRate(), tape, exchange, microBatch);
  }

  static Pass pass(RoutingRule rule, double dropout, Tape tape, Exchange exchange, int microBatch) {
    Tag position = new Tag(0, NOISE.step(), microBatch, 0, Direction.CONTROL);
    return new Pass(tape, exchange, position, rule, NOISE, dropout, new ArrayList<>());
  }

  static GradientStep.Loss crossEntropy(Tensor logits, Tensor targets) {
    Tensor sum = CrossEntropy.sum(logits, targets);
    return new GradientStep.Loss(sum, sum);
  }
}
