package io.sparkswitch.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.model.layer.KeyValueCache.Kind;
import io.sparkswitch.model.layer.KeyValueCache.Size;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Tensors;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class KeyValueCacheTest {
  private static final Size SIZE = new Size(3, 2, 5, 4);

  @Test
  void holdsWhatConcatenationWouldHoldInMemoryOfItsOwn() {
    try (PointerScope scope = new PointerScope();
        KeyValueCache cache = new KeyValueCache(SIZE, Kind.KEYS_AND_VALUES, ScalarType.Double)) {
      Set<Long> addresses = new HashSet<>();
      List<Tensor> keys = new ArrayList<>();
      List<Tensor> values = new ArrayList<>();
      int[][] choices = {{0, 1, 2}, {2, 0, 2}, {1, 0}, {1}};
      int rows = 3;
      for (int step = 0; step < choices.length; step++) {
        Tensor key = Doubles.normal(step, rows, 2, 1, 4);
        Tensor value = Doubles.normal(100 + step, rows, 2, 1, 4);
        cache.append(key, value);
        addresses.add(cache.keys().data_ptr().address());
        keys.add(key);
        values.add(value);
        Tensor chosen = Tensors.indices(choices[step], choices[step].length);
        cache.select(choices[step]);
        keys.replaceAll(tensor -> tensor.index_select(0, chosen));
        values.replaceAll(tensor -> tensor.index_select(0, chosen));
        rows = choices[step].length;
        assertThat(Doubles.of(cache.keys())).isEqualTo(joined(keys));
        assertThat(Doubles.of(cache.values())).isEqualTo(joined(values));
      }
      assertThat(addresses).hasSize(1);
    }
  }

  @Test
  void keysThatAreValuesAreKeptOnce() {
    try (PointerScope scope = new PointerScope();
        KeyValueCache cache = new KeyValueCache(SIZE, Kind.KEYS_ARE_VALUES, ScalarType.Double)) {
      Tensor both = Doubles.normal(1, 3, 2, 2, 4);
      cache.append(both, both);
      cache.select(new int[] {2, 2});
      Tensor expected = both.index_select(0, Tensors.indices(new int[] {2, 2}, 2));
      assertThat(Doubles.of(cache.values())).isEqualTo(Doubles.of(expected));
      assertThat(cache.values().data_ptr().address()).isEqualTo(cache.keys().data_ptr().address());
    }
  }

  @Test
  void neverGrows() {
    try (PointerScope scope = new PointerScope();
        KeyValueCache cache = new KeyValueCache(SIZE, Kind.KEYS_AND_VALUES, ScalarType.Double)) {
      Tensor four = Doubles.normal(1, 3, 2, 4, 4);
      cache.append(four, four);
      assertThatThrownBy(() -> cache.append(four, four))
          .hasMessage("4 + 4 positions in a cache of 5");
      assertThatThrownBy(() -> cache.select(new int[] {0, 0, 0, 0}))
          .hasMessage("4 rows of a cache made for 3");
      Tensor two = Doubles.normal(1, 2, 2, 1, 4);
      assertThatThrownBy(() -> cache.append(two, two))
          .hasMessage("keys of 2 sequences for a cache of 3");
    }
  }

  private static double[] joined(List<Tensor> parts) {
    return Doubles.of(Tensors.concatenate(parts.toArray(Tensor[]::new), 2));
  }
}
