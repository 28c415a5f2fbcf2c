package io.sparkswitch.data.batch.order;

import java.util.Arrays;

/**
 * Endless epochs, each shuffled on two levels: a permutation of all row groups, then one of the
 * segments inside each window of consecutive row groups. So a row group is needed in one window
 * only, and memory is bounded by windows, not by the corpus. Not thread-safe.
 */
public final class ShuffledOrder implements SegmentOrder {
  private static final int REMEMBERED = 2;

  private final int[] sizes;
  private final long seed;
  private final int windowRowGroups;
  private final long segments;
  private final RecentlyUsed<Integer, Epoch> epochs;
  private final int windowsPerEpoch;
  private final RecentlyUsed<Long, Shuffled> windows;

  /**
   * @param sizes segments of each row group, each at least 1
   * @param windowRowGroups row groups of a window
   */
  public ShuffledOrder(int[] sizes, long seed, int windowRowGroups) {
    this.sizes = sizes.clone();
    this.seed = seed;
    this.windowRowGroups = windowRowGroups;
    this.segments = Arrays.stream(sizes).asLongStream().sum();
    this.windowsPerEpoch = (sizes.length + windowRowGroups - 1) / windowRowGroups;
    this.epochs = new RecentlyUsed<>(REMEMBERED, this::shuffleRowGroups);
    this.windows = new RecentlyUsed<>(REMEMBERED, this::shuffleWindow);
  }

  @Override
  public Place at(long sequence) {
    int number = Math.toIntExact(sequence / segments);
    long inEpoch = sequence % segments;
    Epoch epoch = epochs.at(number);
    int inOrder = lastAtMost(epoch.windowStarts(), inEpoch);
    Shuffled window = windows.at((long) number * windowsPerEpoch + inOrder);
    int place = window.permutation()[(int) (inEpoch - epoch.windowStarts()[inOrder])];
    int slot = lastAtMost(window.groupStarts(), place);
    int group = epoch.rowGroups()[inOrder * windowRowGroups + slot];
    int row = (int) (place - window.groupStarts()[slot]);
    return new Place(window.window(), group, row, number);
  }

  @Override
  public int[] rowGroups(Window window) {
    int[] groups = inPermutedOrder(window.number());
    Arrays.sort(groups);
    return groups;
  }

  private Epoch shuffleRowGroups(int number) {
    int[] order = new Draws(seed, number).permutation(sizes.length);
    long[] starts = new long[windowsPerEpoch];
    long next = 0;
    for (int i = 0; i < order.length; i++) {
      if (i % windowRowGroups == 0) {
        starts[i / windowRowGroups] = next;
      }
      next += sizes[order[i]];
    }
    return new Epoch(order, starts);
  }

  private Shuffled shuffleWindow(long number) {
    int[] groups = inPermutedOrder(number);
    long[] starts = new long[groups.length];
    int size = 0;
    for (int i = 0; i < groups.length; i++) {
      starts[i] = size;
      size = Math.addExact(size, sizes[groups[i]]);
    }
    long epoch = number / windowsPerEpoch;
    int[] permutation = new Draws(seed, epoch, number % windowsPerEpoch).permutation(size);
    return new Shuffled(new Window(0, number), starts, permutation);
  }

  private int[] inPermutedOrder(long window) {
    int[] order = epochs.at(Math.toIntExact(window / windowsPerEpoch)).rowGroups();
    int from = (int) (window % windowsPerEpoch) * windowRowGroups;
    return Arrays.copyOfRange(order, from, Math.min(order.length, from + windowRowGroups));
  }

  private static int lastAtMost(long[] starts, long value) {
    int found = Arrays.binarySearch(starts, value);
    return found >= 0 ? found : -found - 2;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Epoch(int[] rowGroups, long[] windowStarts) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Shuffled(Window window, long[] groupStarts, int[] permutation) {}
}
