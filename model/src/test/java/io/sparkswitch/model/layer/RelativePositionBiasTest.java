package io.sparkswitch.model.layer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkswitch.model.t5.GoldenFolder;
import io.sparkswitch.model.tensor.Doubles;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RelativePositionBiasTest {
  static List<Path> files() {
    return GoldenFolder.files("relpos_buckets.json");
  }

  @Test
  void thereAreGoldenBuckets() {
    assertThat(files()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("files")
  void bucketsEqualTheReferenceInBothDirections(Path file) throws Exception {
    int compared = 0;
    Set<Boolean> directions = new HashSet<>();
    for (JsonNode golden : new ObjectMapper().readTree(file.toFile())) {
      RelativePositionBias bias =
          new RelativePositionBias(
              golden.required("num_buckets").asInt(),
              golden.required("max_distance").asInt(),
              golden.required("bidirectional").asBoolean());
      directions.add(bias.bidirectional());
      int first = golden.required("delta_first").asInt();
      int last = golden.required("delta_last").asInt();
      assertThat(golden.required("bucket")).hasSize(last - first + 1);
      for (int delta = first; delta <= last; delta++) {
        assertThat(bias.bucket(delta))
            .as("%s, delta %d", bias, delta)
            .isEqualTo(golden.required("bucket").get(delta - first).asInt());
        compared++;
      }
    }
    assertThat(directions).containsExactlyInAnyOrder(true, false);
    assertThat(compared).isGreaterThan(1000);
  }

  @Test
  void theBiasOfAPairIsItsBucketsRowForEachHead() {
    try (PointerScope scope = new PointerScope()) {
      RelativePositionBias bias = new RelativePositionBias(8, 20, true);
      int length = 9;
      int heads = 3;
      double[] table = Doubles.draws(4, 8 * heads);
      double[] actual = Doubles.of(bias.apply(Doubles.tensor(table, 8, heads), length));
      assertThat(actual).hasSize(heads * length * length);
      for (int h = 0; h < heads; h++) {
        for (int q = 0; q < length; q++) {
          for (int k = 0; k < length; k++) {
            assertThat(actual[(h * length + q) * length + k])
                .isEqualTo(table[bias.bucket(k - q) * heads + h]);
          }
        }
      }
    }
  }

  @Test
  void theRowOfAQueryIsItsRowOfTheWholeUpToTheQuery() {
    try (PointerScope scope = new PointerScope()) {
      RelativePositionBias bias = new RelativePositionBias(8, 20, false);
      int length = 30;
      Tensor table = Doubles.normal(4, 8, 3);
      Tensor whole = bias.apply(table, length); // [1, heads, length, length]
      for (int query = 0; query < length; query++) {
        Tensor row = bias.row(table, query); // [1, heads, 1, query + 1]
        assertThat(row.sizes().vec().get()).containsExactly(1, 3, 1, query + 1);
        assertThat(Doubles.of(row))
            .isEqualTo(Doubles.of(whole.narrow(2, query, 1).narrow(3, 0, query + 1)));
      }
    }
  }

  @Test
  void theCausalMaskHidesLaterKeysAndNothingElse() {
    try (PointerScope scope = new PointerScope()) {
      int length = 5;
      double[] mask = Doubles.of(RelativePositionBias.causalMask(length, ScalarType.Float));
      assertThat(mask).hasSize(length * length);
      for (int q = 0; q < length; q++) {
        for (int k = 0; k < length; k++) {
          assertThat(mask[q * length + k]).isEqualTo(k > q ? Double.NEGATIVE_INFINITY : 0);
        }
      }
    }
  }
}
