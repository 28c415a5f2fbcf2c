package io.sparkswitch.data.batch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Remembers the values of a pure function that were used last. Not thread-safe. */
final class RecentlyUsed<K, V> {
  private final Function<K, V> function;
  private final Map<K, V> values;

  RecentlyUsed(int capacity, Function<K, V> function) {
    this.function = function;
    this.values =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > capacity;
          }
        };
  }

  V at(K key) {
    V value = values.get(key);
    if (value == null) {
      value = function.apply(key);
      values.put(key, value);
    }
    return value;
  }
}
