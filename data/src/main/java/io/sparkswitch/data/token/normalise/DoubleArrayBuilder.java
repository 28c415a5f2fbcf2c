package io.sparkswitch.data.token.normalise;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Lays a {@link SharedTrie} out as the units of a {@link DoubleArray}. */
final class DoubleArrayBuilder {
  /** Children lie in one block, so an array of whole blocks is never left by following a byte. */
  private static final int BLOCK = 256;

  /** Free units further back than this are given up: finding room stays quick. */
  private static final int SEARCHED = 16 * BLOCK;

  private static final int NEAR = 1 << 21;
  private static final int UNPLACED = 0;

  private final SharedTrie trie;
  private final BitSet taken = new BitSet();

  /** Where the children of a state lie; states with the same place would adopt each other's. */
  private final int[] bases;

  private final BitSet basesTaken = new BitSet();
  private int[] units = new int[0];

  private DoubleArrayBuilder(SharedTrie trie) {
    this.trie = trie;
    this.bases = new int[trie.size()];
    taken.set(0);
    basesTaken.set(UNPLACED);
    grow(0);
    units[0] = 0;
  }

  static int[] units(SharedTrie trie) {
    DoubleArrayBuilder builder = new DoubleArrayBuilder(trie);
    builder.place(0, trie.root());
    return builder.units;
  }

  /** Makes the unit {@code node}, which so far holds its label alone, lead to a state. */
  private void place(int node, int id) {
    SharedTrie.State state = trie.state(id);
    boolean isNew = bases[id] == UNPLACED;
    if (isNew) {
      bases[id] = base(state.labels());
      basesTaken.set(bases[id]);
    }
    int distance = node ^ bases[id];
    if (distance >= NEAR) {
      throw new IllegalStateException(
          "a trie of %d states is too large: there is room for %d units"
              .formatted(trie.size(), NEAR));
    }
    units[node] |= distance << DoubleArray.OFFSET_SHIFT;
    units[node] |= state.endsString() ? DoubleArray.STRING_ENDS : 0;
    if (isNew) {
      placeChildren(bases[id], state);
    }
  }

  private void placeChildren(int base, SharedTrie.State state) {
    for (int label : state.labels()) {
      taken.set(base ^ label);
      units[base ^ label] = label;
    }
    for (int i = 0; i < state.labels().size(); i++) {
      int label = state.labels().get(i);
      int target = state.targets().get(i);
      if (label == 0) {
        units[base] = DoubleArray.NUMBER | target;
      } else {
        place(base ^ label, target);
      }
    }
  }

  private int base(List<Integer> labels) {
    int cell = Math.max(0, units.length - SEARCHED);
    while (true) {
      cell = taken.nextClearBit(cell);
      int base = cell ^ labels.get(0);
      grow(base);
      boolean free = !basesTaken.get(base);
      if (free && labels.stream().noneMatch(label -> taken.get(base ^ label))) {
        return base;
      }
      cell++;
    }
  }

  /** Free units look like numbers, so that no byte leads to them. */
  private void grow(int unit) {
    int before = units.length;
    if (unit >= before) {
      units = Arrays.copyOf(units, (unit / BLOCK + 1) * BLOCK);
      Arrays.fill(units, before, units.length, DoubleArray.NUMBER);
    }
  }
}
