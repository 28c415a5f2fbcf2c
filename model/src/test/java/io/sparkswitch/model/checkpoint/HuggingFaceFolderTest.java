package io.sparkswitch.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.model.tensor.Doubles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceFolderTest {
  private static final String FIRST = "model-00001-of-00003.safetensors";
  private static final String LAST = "model-00003-of-00003.safetensors";

  @TempDir Path folder;

  private PointerScope scope;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  @BeforeEach
  void make() {
    scope = new PointerScope();
    // 64, 32, 200 and 16 bytes
    tensors.put("shared.weight", Doubles.normal(1, 8, 2).to(ScalarType.Float));
    tensors.put("encoder.a", Doubles.normal(2, 8).to(ScalarType.Float));
    tensors.put("decoder.large", Doubles.normal(3, 10, 5).to(ScalarType.Float));
    tensors.put("decoder.b", Doubles.normal(4, 4).to(ScalarType.Float));
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void whatFitsIsOneFileWithoutIndex() throws Exception {
    assertThat(write(1_000)).containsExactly("model.safetensors");
    assertThat(folder).isDirectoryContaining("glob:**/model.safetensors");
    assertThat(names()).containsExactly("model.safetensors");
    assertReadsBack();
  }

  @Test
  void whatDoesNotFitIsShardsAndAnIndexThatNamesEachTensor() throws Exception {
    assertThat(write(100)).hasSize(3);
    assertThat(names())
        .containsExactly(
            FIRST, "model-00002-of-00003.safetensors", LAST, "model.safetensors.index.json");
    JsonNode index = index();
    assertThat(index.at("/metadata/total_size").asLong()).isEqualTo(64 + 32 + 200 + 16);
    assertThat(index.path("weight_map").path("encoder.a").asText()).isEqualTo(FIRST);
    assertThat(index.path("weight_map").path("decoder.b").asText()).isEqualTo(LAST);
    assertThat(index.path("weight_map").size()).isEqualTo(4);
    assertReadsBack();
  }

  @Test
  void clearingLeavesNothingThatIsTakenForAModel() throws Exception {
    write(100);
    Files.writeString(folder.resolve("config.json"), "{}");
    Files.writeString(folder.resolve("README.md"), "kept");
    open().clear();
    assertThat(names()).containsExactly("README.md");
  }

  @Test
  void aFolderWhoseWritingFailedIsNotTakenForAModel() throws Exception {
    List<TensorSpec> specs =
        tensors.entrySet().stream().map(e -> TensorSpec.of(e.getKey(), e.getValue())).toList();
    for (long maxShardBytes : new long[] {100, 1_000}) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(
              () ->
                  open()
                      .write(
                          specs,
                          spec -> {
                            if (spec.name().equals("decoder.b")) {
                              throw new IOException("lost");
                            }
                            return tensors.get(spec.name());
                          },
                          maxShardBytes))
          .withMessage("lost");
      refused().containsAnyOf("holds neither", "the file is truncated");
    }
  }

  @Test
  void aMissingShardIsNamed() throws Exception {
    write(100);
    Files.delete(folder.resolve(LAST));
    refused().contains(LAST, "which is missing");
  }

  @Test
  void aShardWithoutATensorOfTheIndexIsNamed() throws Exception {
    write(100);
    editIndex(
        FIRST + "\",\n    \"decoder.large",
        FIRST + "\",\n    \"x\" : \"" + FIRST + "\",\n    \"decoder.large");
    refused().contains(FIRST, "has no tensor x");
  }

  @Test
  void aTensorInAnotherShardThanIndexedIsNamed() throws Exception {
    write(100);
    editIndex("\"encoder.a\" : \"" + FIRST, "\"encoder.a\" : \"" + LAST);
    refused().contains(LAST, "has no tensor encoder.a");
  }

  @Test
  void aTensorThatTheIndexDoesNotNameIsRefused() throws Exception {
    write(100);
    editIndex("\"encoder.a\" : \"" + FIRST + "\",", "");
    refused().contains(FIRST, "holds tensor encoder.a", "does not name");
  }

  @Test
  void aTensorInTwoShardsIsNamedWithBoth() throws Exception {
    write(100);
    try (OutputStream out = Files.newOutputStream(folder.resolve(LAST))) {
      SafeTensorsWriter.write(
          out,
          Map.of("decoder.b", tensors.get("decoder.b"), "encoder.a", tensors.get("encoder.a")));
    }
    refused().contains("tensor encoder.a is in", FIRST, LAST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../model-00001-of-00003.safetensors",
        "/etc/model.safetensors",
        "sub/model.safetensors",
        "hdfs://host/model.safetensors",
        "..safetensors/../x.safetensors",
        "model.bin",
        ""
      })
  void aShardOutsideTheFolderIsRefused(String shard) throws Exception {
    write(100);
    editIndex("\"encoder.a\" : \"" + FIRST, "\"encoder.a\" : \"" + shard);
    refused().contains("puts tensor encoder.a in", "which is no name of a safetensors file");
  }

  @Test
  void anIndexThatIsNoneIsRefused() throws Exception {
    Path index = folder.resolve("model.safetensors.index.json");
    Files.writeString(index, "{\"weight_map\": {}}");
    refused().contains("has no weight_map");
    Files.writeString(
        index, "{\"weight_map\": {\"a\": \"x.safetensors\", \"a\": \"x.safetensors\"}}");
    refused().contains("is no JSON", "Duplicate");
    Files.writeString(index, "{\"weight_map\": {\"a\": 4}}");
    refused().contains("puts tensor a in 4");
  }

  @Test
  void aFolderWithoutWeightsOrWithTwoKindsIsRefused() throws Exception {
    refused().contains("holds neither model.safetensors nor model.safetensors.index.json");
    Files.createFile(folder.resolve("pytorch_model.bin"));
    refused().contains("but pytorch_model files", "safe_serialization=True");
    write(100);
    Files.copy(folder.resolve(FIRST), folder.resolve("model.safetensors"));
    refused().contains("holds model.safetensors and model.safetensors.index.json");
  }

  private List<String> write(long maxShardBytes) throws IOException {
    List<TensorSpec> specs =
        tensors.entrySet().stream().map(e -> TensorSpec.of(e.getKey(), e.getValue())).toList();
    return open().write(specs, spec -> tensors.get(spec.name()), maxShardBytes);
  }

  private void assertReadsBack() throws IOException {
    try (TensorFiles read = open().open()) {
      assertThat(read.names()).containsExactlyElementsOf(tensors.keySet());
      for (String name : tensors.keySet()) {
        assertThat(read.read(name).equal(tensors.get(name))).as(name).isTrue();
      }
    }
  }

  private AbstractStringAssert<?> refused() {
    InputException[] refusal = new InputException[1];
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> open().open().close())
        .satisfies(e -> refusal[0] = e);
    return assertThat(refusal[0].getMessage());
  }

  private HuggingFaceFolder open() throws IOException {
    return HuggingFaceFolder.of(folder.toString(), new Configuration());
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private JsonNode index() throws IOException {
    return JsonMapper.builder()
        .build()
        .readTree(folder.resolve("model.safetensors.index.json").toFile());
  }

  private void editIndex(String from, String to) throws IOException {
    Path index = folder.resolve("model.safetensors.index.json");
    String text = Files.readString(index);
    assertThat(text).contains(from);
    Files.writeString(index, text.replace(from, to));
  }
}
