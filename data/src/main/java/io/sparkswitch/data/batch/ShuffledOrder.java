package io.sparkswitch.data.batch;

import java.util.Arrays;

/**
 * Endless epochs, each shuffled on two levels: a permutation of all row groups, then one of the
 * segments inside each window of consecutive row groups. So a row group is needed in one window
 * only, and memory is bounded by windows, not by the corpus. Not thread-safe.
 */
final class ShuffledOrder implements SegmentOrder {
  private static final int REMEMBERED = 2;

  private final int[] sizes;
  private final long seed;
  private final int windowRowGroups;
  private final long segments;
  private final RecentlyUsed<Integer, Epoch> epochs;
  private final RecentlyUsed<WindowKey, Window> windows;

  /**
   * @param sizes segments of each row group, each at least 1
   * @param windowRowGroups row groups of a window
   */
  ShuffledOrder(int[] sizes, long seed, int windowRowGroups) {
    this.sizes = sizes.clone();
    this.seed = seed;
    this.windowRowGroups = windowRowGroups;
    this.segments = Arrays.stream(sizes).asLongStream().sum();
    this.epochs = new RecentlyUsed<>(REMEMBERED, this::shuffleRowGroups);
    this.windows = new RecentlyUsed<>(REMEMBERED, this::shuffleWindow);
  }

  @Override
  public Place at(long sequence) {
    int number = Math.toIntExact(sequence / segments);
    long inEpoch = sequence % segments;
    Epoch epoch = epochs.at(number);
    int window = lastAtMost(epoch.windowStarts(), inEpoch);
    Window order = windows.at(new WindowKey(number, window));
    int inWindow = order.permutation()[(int) (inEpoch - epoch.windowStarts()[window])];
    int slot = lastAtMost(order.groupStarts(), inWindow);
    int group = epoch.rowGroups()[window * windowRowGroups + slot];
    return new Place(group, (int) (inWindow - order.groupStarts()[slot]), number);
  }

  private Epoch shuffleRowGroups(int number) {
    int[] order = new Draws(seed, number).permutation(sizes.length);
    int windowCount = (sizes.length + windowRowGroups - 1) / windowRowGroups;
    long[] starts = new long[windowCount];
    long next = 0;
    for (int i = 0; i < order.length; i++) {
      if (i % windowRowGroups == 0) {
        starts[i / windowRowGroups] = next;
      }
      next += sizes[order[i]];
    }
    return new Epoch(order, starts);
  }

  private Window shuffleWindow(WindowKey key) {
    int[] order = epochs.at(key.epoch()).rowGroups();
    int from = key.window() * windowRowGroups;
    int to = Math.min(order.length, from + windowRowGroups);
    long[] starts = new long[to - from];
    int size = 0;
    for (int i = from; i < to; i++) {
      starts[i - from] = size;
      size = Math.addExact(size, sizes[order[i]]);
    }
    return new Window(starts, new Draws(seed, key.epoch(), key.window()).permutation(size));
  }

  private static int lastAtMost(long[] starts, long value) {
    int found = Arrays.binarySearch(starts, value);
    return found >= 0 ? found : -found - 2;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Epoch(int[] rowGroups, long[] windowStarts) {}

  private record WindowKey(int epoch, int window) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Window(long[] groupStarts, int[] permutation) {}
}
