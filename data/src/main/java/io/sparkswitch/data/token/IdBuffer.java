package io.sparkswitch.data.token;

import java.util.Arrays;

/** Ids so far. */
final class IdBuffer {
  private int[] values;
  private int count;

  IdBuffer(int capacity) {
    values = new int[capacity];
  }

  void add(int[] from, int offset, int more) {
    if (count + more > values.length) {
      values = Arrays.copyOf(values, Math.addExact(count + more, values.length / 2));
    }
    for (int i = 0; i < more; i++) {
      values[count++] = from[offset + i];
    }
  }

  int[] toArray() {
    return Arrays.copyOf(values, count);
  }
}
