package io.sparkswitch.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.exchange.ExpertPlacement;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.ParameterSpec.Initialiser;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointReaderTest {
  private static final int EXPERTS = 8;
  private static final Configuration CONF = new Configuration();

  @TempDir Path root;

  private PointerScope scope;
  private CheckpointFolder folder;
  private Committed saved;

  @BeforeEach
  void saveFromTwoRanks() throws IOException {
    scope = new PointerScope();
    folder = new CheckpointFolder(root.toUri().toString(), CONF);
    List<Shard> shards = new ArrayList<>();
    for (int rank = 0; rank < 2; rank++) {
      Parameters experts = experts(rank, 2);
      experts.initialise(4);
      shards.add(folder.writeShard(7, 1, "experts-" + rank, values(experts)));
    }
    Map<String, Tensor> dense = Map.of("shared.weight", Doubles.normal(1, 3, 4));
    shards.add(folder.writeShard(7, 1, "dense", dense));
    folder.commit(new CheckpointManifest(1, 7, 1, shards, Map.of()));
    saved = folder.latest().orElseThrow();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void expertsSavedByTwoRanksLoadOnAnyNumber(int size) throws Exception {
    Parameters original = experts(0, 1);
    original.initialise(4);
    int compared = 0;
    for (int rank = 0; rank < size; rank++) {
      Parameters loaded = experts(rank, size);
      CheckpointReader.read(saved, CONF, values(loaded));
      for (ParameterSpec spec : loaded.specs()) {
        assertThat(Doubles.of(loaded.value(spec.name())))
            .isEqualTo(Doubles.of(original.value(spec.name())));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(2 * EXPERTS);
  }

  @Test
  void missingTensorsAreNamedAndCounted() {
    Map<String, Tensor> wanted = new LinkedHashMap<>();
    wanted.put("shared.weight", Tensors.zeros(ScalarType.Double, 3, 4));
    wanted.put("z", Tensors.zeros(ScalarType.Double, 1));
    wanted.put("lm_head.weight", Tensors.zeros(ScalarType.Double, 1));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> CheckpointReader.read(saved, CONF, wanted))
        .withMessageContaining("step-00000007 lacks lm_head.weight and 1 more");
  }

  @Test
  void aTensorOfAnotherShapeIsNamedWithBothShapes() {
    Map<String, Tensor> wanted = Map.of("shared.weight", Tensors.zeros(ScalarType.Double, 4, 3));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> CheckpointReader.read(saved, CONF, wanted))
        .withMessageContaining("dense-attempt-001.safetensors")
        .withMessageContaining("shared.weight has shape [3, 4], the model needs [4, 3]");
  }

  private static Parameters experts(int rank, int size) {
    ExpertPlacement placement = new ExpertPlacement(EXPERTS, size);
    List<ParameterSpec> specs = new ArrayList<>();
    for (int e = placement.first(rank); e < placement.first(rank + 1); e++) {
      for (String matrix : List.of("wi", "wo")) {
        String name = "encoder.block.1.layer.1.mlp.experts.expert_%d.%s".formatted(e, matrix);
        specs.add(new ParameterSpec(name, new long[] {5, 3}, Initialiser.normal(1), name));
      }
    }
    return new Parameters(specs, ScalarType.Float);
  }

  private static Map<String, Tensor> values(Parameters parameters) {
    Map<String, Tensor> values = new LinkedHashMap<>();
    parameters.specs().forEach(spec -> values.put(spec.name(), parameters.value(spec.name())));
    return values;
  }
}
