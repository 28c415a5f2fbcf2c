package io.sparkswitch.data.batch.order;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Remembers the values of a pure function that were used last. Not thread-safe. */
public final class RecentlyUsed<K, V> {
  private final Function<K, V> function;
  private final Map<K, V> values;

  public RecentlyUsed(int capacity, Function<K, V> function) {
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

  public V at(K key) {
    V value = values.get(key);
    if (value == null) {
      value = function.apply(key);
      values.put(key, value);
    }
    return value;
  }
}
