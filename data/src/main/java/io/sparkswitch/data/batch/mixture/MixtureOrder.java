package io.sparkswitch.data.batch.mixture;

import io.sparkswitch.data.batch.order.Draws;
import io.sparkswitch.data.batch.order.SegmentOrder;
import io.sparkswitch.data.batch.order.ShuffledOrder;
import io.sparkswitch.data.batch.order.Shuffling;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences from several parts, each shuffled by itself with a seed of its own, put together as a
 * {@link MixturePlan} says. A part's order depends on its name and the seed, not on the other
 * parts. Not thread-safe.
 */
public final class MixtureOrder implements SegmentOrder {
  private static final long PART = 1;

  private final MixturePlan plan;
  private final List<int[]> rowGroups;
  private final ShuffledOrder[] orders;

  /**
   * @param mixture its parts and caps
   * @param plan over the same parts
   * @param rowGroups row groups of each part, ascending, in the mixture's order
   * @param sizes segments of every row group
   * @param shuffling seed and window; the window is split among the parts by their shares
   */
  public MixtureOrder(
      Mixture mixture, MixturePlan plan, List<int[]> rowGroups, int[] sizes, Shuffling shuffling) {
    this.plan = plan;
    this.rowGroups = List.copyOf(rowGroups);
    this.orders = new ShuffledOrder[rowGroups.size()];
    for (int p = 0; p < orders.length; p++) {
      String name = mixture.parts().get(p).name();
      int window = shuffling.windowOf(mixture.share(name));
      int[] ofPart = Arrays.stream(rowGroups.get(p)).map(group -> sizes[group]).toArray();
      orders[p] = new ShuffledOrder(ofPart, seedOf(name, shuffling.seed()), window);
    }
  }

  @Override
  public Place at(long sequence) {
    MixturePlan.Slot slot = plan.at(sequence);
    Place inPart = orders[slot.part()].at(slot.k());
    return new Place(
        new Window(slot.part(), inPart.window().number()),
        rowGroups.get(slot.part())[inPart.rowGroup()],
        inPart.row(),
        inPart.epoch());
  }

  @Override
  public int[] rowGroups(Window window) {
    int[] ofPart = rowGroups.get(window.part());
    return Arrays.stream(orders[window.part()].rowGroups(window)).map(i -> ofPart[i]).toArray();
  }

  static long seedOf(String part, long seed) {
    long key = Draws.key(seed, PART);
    for (int i = 0; i < part.length(); i++) {
      key = Draws.key(key, part.charAt(i));
    }
    return key;
  }
}
