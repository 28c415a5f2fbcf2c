package io.sparkswitch.jobs.bench;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Exploration;
import io.sparkswitch.model.moe.RouterLossFactors;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.moe.Selection;
import io.sparkswitch.model.t5.GemmFlops;
import io.sparkswitch.model.t5.SparseBlocks;
import io.sparkswitch.model.t5.SwitchConfig;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Config.Conventions;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What is measured: a dense model and its Switch twin of equal FLOPs, on the same batch.
 *
 * @param name of the size
 * @param dense the dense model
 * @param sequences of the batch
 * @param encoderLength tokens of each, none of them padding
 * @param decoderLength target tokens of each
 */
public record BenchCase(
    String name, T5Config dense, int sequences, int encoderLength, int decoderLength) {
  private static final int VOCAB = 32_128;
  private static final int EXPERTS = 8;

  /** The peer's size: 15.6 million parameters. */
  static BenchCase mini() {
    return new BenchCase("mini", config(new Width(256, 1024, 4, 64), 4), 16, 128, 32);
  }

  /** T5-Base and Switch-Base-8. */
  static BenchCase base() {
    return new BenchCase("base", config(new Width(768, 3072, 12, 64), 12), 4, 512, 114);
  }

  /** The smallest preset: a data path must keep up with whatever trains fastest. */
  static BenchCase nano(int vocab, int sequences, int encoderLength, int decoderLength) {
    T5Config dense = config(new Width(128, 512, 4, 32), 2, vocab);
    return new BenchCase("nano", dense, sequences, encoderLength, decoderLength);
  }

  private static T5Config config(Width width, int layers) {
    return config(width, layers, VOCAB);
  }

  private static T5Config config(Width width, int layers, int vocab) {
    Conventions conventions = new Conventions(FeedForwardKind.RELU, true, 32, 128, 1);
    return new T5Config(vocab, width, layers, layers, conventions, Optional.empty());
  }

  /** Every other feed-forward sparse, top-1, capacity factor 1.25, jitter, auxiliary loss. */
  T5Config sparse() {
    RoutingRule rule =
        new RoutingRule(
            Selection.topK(1),
            Capacity.factor(1.25),
            Exploration.jitter(0.01),
            RouterLossFactors.paper(0.01));
    SparseBlocks blocks = SparseBlocks.every(2, dense.encoderLayers(), dense.decoderLayers());
    return new T5Config(
        dense.vocab(),
        dense.width(),
        dense.encoderLayers(),
        dense.decoderLayers(),
        dense.conventions(),
        Optional.of(SwitchConfig.feedForward(EXPERTS, blocks, rule, 0)));
  }

  /** Of a training step: forward, and twice that backward; recomputation does not count. */
  double flops(T5Config config) {
    return 3.0 * sequences * GemmFlops.forward(config, encoderLength, decoderLength);
  }

  int tokens() {
    return sequences * (encoderLength + decoderLength);
  }

  Batch batch() {
    SplittableRandom random = new SplittableRandom(1);
    int[] source = random.ints((long) sequences * encoderLength, 2, dense.vocab()).toArray();
    int[] target = random.ints((long) sequences * decoderLength, 2, dense.vocab()).toArray();
    int[] shifted = new int[target.length];
    for (int i = 0; i < target.length; i++) {
      shifted[i] = i % decoderLength == 0 ? 0 : target[i - 1];
    }
    float[] weights = new float[target.length];
    Arrays.fill(weights, 1);
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
}
