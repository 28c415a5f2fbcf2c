package io.sparkswitch.data.batch;

import io.sparkswitch.data.batch.mixture.Capping;
import io.sparkswitch.data.batch.mixture.Mixture;
import io.sparkswitch.data.batch.mixture.MixtureOrder;
import io.sparkswitch.data.batch.mixture.MixturePart;
import io.sparkswitch.data.batch.mixture.MixturePlan;
import io.sparkswitch.data.batch.mixture.PartUsage;
import io.sparkswitch.data.batch.order.Draws;
import io.sparkswitch.data.batch.order.InOrder;
import io.sparkswitch.data.batch.order.SegmentOrder;
import io.sparkswitch.data.batch.order.ShuffledOrder;
import io.sparkswitch.data.batch.order.Shuffling;
import io.sparkswitch.data.source.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/**
 * What comes in a stream, and when; nothing is read for it.
 *
 * @param order which segment each sequence is made from
 * @param sequences their number; {@link Long#MAX_VALUE} where there is no end
 * @param usage use of each part by so many first sequences
 * @param cappings the parts that end before the stream does, or with it
 */
record StreamPlan(
    SegmentOrder order,
    long sequences,
    LongFunction<List<PartUsage>> usage,
    List<Capping> cappings) {
  static final long ENDLESS = Long.MAX_VALUE;

  private static final long ORDER_OF_BLOCKS = 3;
  private static final String ALL = "all";

  /** Endless epochs over all row groups of the given sizes. */
  static StreamPlan shuffled(int[] sizes, Shuffling shuffling) {
    SegmentOrder order = new ShuffledOrder(sizes, shuffling.seed(), shuffling.windowRowGroups());
    return new StreamPlan(order, ENDLESS, usageOfAll(ALL, total(sizes)), List.of());
  }

  /** These row groups once, in order. */
  static StreamPlan once(String part, int[] rowGroups, int[] sizes) {
    long sequences = IntStream.of(rowGroups).mapToLong(group -> sizes[group]).sum();
    return new StreamPlan(
        new InOrder(rowGroups, sizes), sequences, usageOfAll(part, sequences), List.of());
  }

  /**
   * A mixture, until all its parts are at their caps.
   *
   * @param rowGroups row groups of each part, in the mixture's order
   * @param sizes segments of every row group
   */
  static StreamPlan mixed(
      Mixture mixture, List<int[]> rowGroups, int[] sizes, Shuffling shuffling) {
    long[] segments = new long[rowGroups.size()];
    Arrays.setAll(
        segments, p -> IntStream.of(rowGroups.get(p)).mapToLong(group -> sizes[group]).sum());
    MixturePlan plan =
        new MixturePlan(mixture, segments, Draws.key(shuffling.seed(), ORDER_OF_BLOCKS));
    return new StreamPlan(
        new MixtureOrder(mixture, plan, rowGroups, sizes, shuffling),
        plan.sequences(),
        sequences -> usage(mixture, plan, segments, sequences),
        plan.cappings());
  }

  /** The same without a last batch that would not be full. */
  StreamPlan inWholeBatches(int batchSize) {
    if (sequences < batchSize) {
      throw new InputException(
          "%d sequences do not fill one batch of %d: raise the caps of the mixture or give more text"
              .formatted(sequences, batchSize));
    }
    return sequences == ENDLESS
        ? this
        : new StreamPlan(order, sequences / batchSize * batchSize, usage, cappings);
  }

  static long total(int[] sizes) {
    return Arrays.stream(sizes).asLongStream().sum();
  }

  private static LongFunction<List<PartUsage>> usageOfAll(String part, long segments) {
    return sequences -> List.of(new PartUsage(part, sequences, segments, MixturePart.UNCAPPED));
  }

  private static List<PartUsage> usage(
      Mixture mixture, MixturePlan plan, long[] segments, long sequences) {
    List<PartUsage> usage = new ArrayList<>();
    for (int p = 0; p < segments.length; p++) {
      MixturePart part = mixture.parts().get(p);
      usage.add(new PartUsage(part.name(), plan.used(p, sequences), segments[p], part.maxEpochs()));
    }
    return usage;
  }
}
