package io.sparkswitch.data.token.normalise;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A trie whose equal branches are one: states, of which one serves every place where the same
 * strings follow and lead to the same numbers.
 */
final class SharedTrie {
  /**
   * @param labels the bytes that follow, ascending; 0 where a string ends
   * @param targets the state each byte leads to; for 0 the string's number
   */
  record State(List<Integer> labels, List<Integer> targets) {
    boolean endsString() {
      return !labels.isEmpty() && labels.get(0) == 0;
    }
  }

  private final byte[][] keys;
  private final int[] values;
  private final Map<State, Integer> ids = new HashMap<>();
  private final List<State> states = new ArrayList<>();
  private final int root;

  /**
   * @param keys distinct, not empty, without the byte 0, sorted as unsigned bytes
   * @param values one for each key
   */
  SharedTrie(byte[][] keys, int[] values) {
    this.keys = keys;
    this.values = values;
    this.root = state(0, keys.length, 0);
  }

  int root() {
    return root;
  }

  int size() {
    return states.size();
  }

  State state(int id) {
    return states.get(id);
  }

  /** The state of keys that are alike in their first {@code depth} bytes. */
  private int state(int from, int to, int depth) {
    List<Integer> labels = labels(from, to, depth);
    List<Integer> targets = new ArrayList<>(labels.size());
    int first = from;
    for (int label : labels) {
      int next = first;
      while (next < to && label(next, depth) == label) {
        next++;
      }
      targets.add(label == 0 ? values[first] : state(first, next, depth + 1));
      first = next;
    }
    State state = new State(labels, targets);
    Integer known = ids.putIfAbsent(state, states.size());
    if (known != null) {
      return known;
    }
    states.add(state);
    return states.size() - 1;
  }

  private List<Integer> labels(int from, int to, int depth) {
    BitSet labels = new BitSet();
    for (int key = from; key < to; key++) {
      labels.set(label(key, depth));
    }
    return labels.stream().boxed().toList();
  }

  private int label(int key, int depth) {
    return depth < keys[key].length ? keys[key][depth] & 0xFF : 0;
  }
}
