package io.sparkswitch.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.ParameterSpec.Initialiser;
import io.sparkswitch.model.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.AbstractStringAssert;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterFilesTest {
  private static final Configuration CONF = new Configuration();
  private static final String EXPERTS = "encoder.block.1.layer.1.mlp.experts.expert_";

  private static final List<ParameterSpec> PARAMETERS =
      List.of(
          spec("shared.weight", 6, 4),
          spec(EXPERTS + "0.wi.weight", 3, 4),
          spec(EXPERTS + "1.wi.weight", 3, 4),
          spec("decoder.final_layer_norm.weight", 4));

  @TempDir Path folder;

  private PointerScope scope;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  @BeforeEach
  void make() {
    scope = new PointerScope();
    for (ParameterSpec spec : PARAMETERS) {
      put(spec.name(), Doubles.normal(spec.name().length(), spec.shape()));
    }
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = ScalarType.class,
      names = {"Float", "Double", "Half", "BFloat16"})
  void eachFloatingDtypeIsConverted(ScalarType dtype) throws Exception {
    tensors.replaceAll((name, tensor) -> tensor.to(dtype));
    write();
    try (ParameterFiles files = ParameterFiles.of(huggingFace(), PARAMETERS)) {
      for (TensorSpec spec : files.specs(ScalarType.Float)) {
        Tensor read = files.read(spec);
        assertThat(read.scalar_type().intern()).isEqualTo(ScalarType.Float);
        assertThat(read.equal(tensors.get(spec.name()).to(ScalarType.Float)))
            .as(spec.name())
            .isTrue();
      }
    }
  }

  @Test
  void aMissingExpertIsNamed() throws Exception {
    tensors.remove(EXPERTS + "1.wi.weight");
    refused().contains("it lacks " + EXPERTS + "1.wi.weight");
  }

  @Test
  void aSurplusExpertIsNamed() throws Exception {
    put(EXPERTS + "2.wi.weight", Doubles.normal(1, 3, 4));
    refused().contains("the model has no " + EXPERTS + "2.wi.weight");
  }

  @Test
  void aMisshapenTensorIsNamedWithBothShapes() throws Exception {
    put(EXPERTS + "0.wi.weight", Doubles.normal(1, 4, 3));
    refused().contains(EXPERTS + "0.wi.weight with shape [4, 3] instead of [3, 4]");
  }

  @Test
  void allThatIsWrongIsToldAtOnceAndInBounds() throws Exception {
    tensors.remove("shared.weight");
    for (int i = 0; i < 5; i++) {
      put("x" + i, Doubles.normal(1, 2));
    }
    refused().contains("it lacks shared.weight; the model has no x0, x1, x2 and 2 more");
  }

  @Test
  void aTensorOfIntegersIsNamed() throws Exception {
    tensors.put("decoder.final_layer_norm.weight", Tensors.indices(new int[] {1, 2, 3, 4}, 4));
    refused().contains("no floating point numbers are decoder.final_layer_norm.weight");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight"})
  void aCopyOfTheEmbeddingIsTakenIfItIsEqual(String copy) throws Exception {
    tensors.put(copy, tensors.get("shared.weight"));
    write();
    ParameterFiles.of(huggingFace(), PARAMETERS).close();

    Tensor other = tensors.get("shared.weight").clone();
    other.select(0, 5).zero_();
    tensors.put(copy, other);
    refused().contains(copy + " differs from shared.weight");
  }

  @Test
  void aHeadOfItsOwnIsNoCopy() throws Exception {
    List<ParameterSpec> untied = new ArrayList<>(PARAMETERS);
    untied.add(spec("lm_head.weight", 6, 4));
    put("lm_head.weight", Doubles.normal(9, 6, 4));
    write();
    ParameterFiles.of(huggingFace(), untied).close();
  }

  @Test
  void theUnusedBiasOfOldFilesIsTakenByItsExactNameAlone() throws Exception {
    put(
        "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight",
        Doubles.normal(1, 32, 2));
    write();
    ParameterFiles.of(huggingFace(), PARAMETERS).close();

    put(
        "decoder.block.1.layer.1.EncDecAttention.relative_attention_bias.weight",
        Doubles.normal(1, 32, 2));
    refused().contains("the model has no decoder.block.1.layer.1.EncDecAttention");
  }

  @Test
  void aCheckpointGivesItsParametersWithoutTheOptimizersState() throws Exception {
    put("adafactor.square.shared.weight", Doubles.normal(1, 6, 4));
    Committed checkpoint = checkpoint(0);
    try (ParameterFiles files = ParameterFiles.of(checkpoint, CONF, PARAMETERS)) {
      assertThat(files.specs(ScalarType.BFloat16)).hasSize(4);
      for (TensorSpec spec : files.specs(ScalarType.BFloat16)) {
        Tensor expected = tensors.get(spec.name()).to(ScalarType.BFloat16);
        assertThat(files.read(spec).equal(expected)).as(spec.name()).isTrue();
      }
    }
  }

  @Test
  void aCheckpointWithAnExpertTooManyIsRefused() throws Exception {
    put(EXPERTS + "2.wi.weight", Doubles.normal(1, 3, 4));
    Committed checkpoint = checkpoint(0);
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> ParameterFiles.of(checkpoint, CONF, PARAMETERS).close())
        .withMessageContaining("the model has no " + EXPERTS + "2.wi.weight");
  }

  private Committed checkpoint(long step) throws Exception {
    CheckpointFolder checkpoints = new CheckpointFolder(folder.toString(), CONF);
    Map<String, Tensor> experts = new LinkedHashMap<>(tensors);
    experts.keySet().removeIf(name -> !name.contains("experts"));
    Map<String, Tensor> dense = new LinkedHashMap<>(tensors);
    dense.keySet().removeAll(experts.keySet());
    checkpoints.commit(
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION,
            step,
            0,
            List.of(
                checkpoints.writeShard(step, 0, "dense", dense),
                checkpoints.writeShard(step, 0, "experts", experts)),
            Map.of()));
    return checkpoints.latest().orElseThrow();
  }

  private void put(String name, Tensor tensor) {
    tensors.put(name, tensor.to(ScalarType.Float));
  }

  private void write() throws Exception {
    List<TensorSpec> specs =
        tensors.entrySet().stream().map(e -> TensorSpec.of(e.getKey(), e.getValue())).toList();
    HuggingFaceFolder hf = huggingFace();
    hf.clear();
    hf.write(specs, spec -> tensors.get(spec.name()), 100);
  }

  private HuggingFaceFolder huggingFace() throws Exception {
    return HuggingFaceFolder.of(folder.toString(), CONF);
  }

  private AbstractStringAssert<?> refused() throws Exception {
    write();
    InputException[] refusal = new InputException[1];
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> ParameterFiles.of(huggingFace(), PARAMETERS).close())
        .satisfies(e -> refusal[0] = e);
    return assertThat(refusal[0].getMessage());
  }

  private static ParameterSpec spec(String name, long... shape) {
    return new ParameterSpec(name, shape, Initialiser.ones(), name);
  }
}
