package io.sparkswitch.model.t5;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.loss.CrossEntropy;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Draws;
import io.sparkswitch.model.moe.Exploration;
import io.sparkswitch.model.moe.Observations;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RouterLossFactors;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.moe.Selection;
import io.sparkswitch.model.t5.T5Config.Conventions;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Tape;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.global.torch;

/** Configurations small enough for naive twins, with batches and passes for them. */
public final class TinyModel {
  public static final int VOCAB = 40;
  static final Width WIDTH = new Width(8, 12, 2, 4);
  static final Noise NOISE = new Noise(11, 5);
  static final Conventions QUIET = conventions(FeedForwardKind.RELU);

  static {
    // Tiny tensors gain nothing from a second thread, and on a busy machine each wait for one costs
    // a time slice.
    torch.set_num_threads(1);
  }

  static final CrossEntropy CROSS_ENTROPY = new CrossEntropy(0);

  private TinyModel() {}

  public static Conventions conventions(FeedForwardKind kind) {
    return new Conventions(kind, kind == FeedForwardKind.RELU, 8, 20, 1);
  }

  /** Experts in every other feed-forward of two blocks a stack. */
  public static SwitchConfig sparse(
      int experts, double capacityFactor, double alpha, double jitter, int groupSequences) {
    RoutingRule rule =
        new RoutingRule(
            Selection.topK(1),
            Capacity.factor(capacityFactor),
            Exploration.jitter(jitter),
            RouterLossFactors.paper(alpha));
    return SwitchConfig.feedForward(experts, SparseBlocks.every(2, 2, 2), rule, groupSequences);
  }

  public static T5Config config(Conventions conventions, SwitchConfig sparse) {
    return new T5Config(VOCAB, WIDTH, 2, 2, conventions, Optional.ofNullable(sparse));
  }

  /** The published nano preset. */
  static T5Config nano(SwitchConfig sparse) {
    Conventions conventions = new Conventions(FeedForwardKind.RELU, true, 32, 128, 1);
    return new T5Config(
        4224, new Width(128, 512, 4, 32), 2, 2, conventions, Optional.ofNullable(sparse));
  }

  public static T5Model model(T5Config config, Precision precision, int rank, int size) {
    T5Model model = new T5Model(config, precision, rank, size);
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

  /** As in training; where the router explores there is dropout too. */
  static Pass pass(T5Config config, Tape tape, Exchange exchange, int microBatch) {
    double dropout = config.training().exploration().noise() > 0 ? 0.1 : 0;
    return pass(config.training(), dropout, tape, exchange, microBatch);
  }

  static Pass pass(RoutingRule rule, double dropout, Tape tape, Exchange exchange, int microBatch) {
    Tag position = new Tag(0, NOISE.step(), microBatch, 0, Direction.CONTROL);
    Draws draws = new Draws(NOISE, dropout, dropout);
    return new Pass(tape, exchange, position, rule, draws, new Observations());
  }
}
