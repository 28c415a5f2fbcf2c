package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.loop.Architecture;
import io.sparkswitch.jobs.loop.ModelFiles;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointManifest;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.checkpoint.SafeTensorsReader;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.t5.Inputs;
import io.sparkswitch.model.t5.T5Model;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of transformers 4.37.2 come in and go out again. */
class HuggingFaceTest extends HuggingFaceFixture {
  private static final String EXPERT = "encoder.block.1.layer.1.mlp.experts.expert_3.wi.weight";

  @ParameterizedTest
  @CsvSource({"a_t5_v10,1e-4", "b_t5_v11,1e-4", "c_switch_nodrop,1e-4"})
  void anImportedModelsLogitsEqualTheReference(String name, double tolerance) throws Exception {
    GoldenModel golden = new GoldenModel(name);
    done(importing(golden.write(folder.resolve("hf")), "run"));
    try (PointerScope scope = new PointerScope();
        SafeTensorsReader data = golden.data();
        T5Model model = load("run")) {
      Batch batch = GoldenModel.batch(data);
      float[] expected = Tensors.toFloats(data.read("out.logits"));
      float[] actual = Tensors.toFloats(logits(model, batch));
      assertThat(actual).hasSameSizeAs(expected);
      int vocab = expected.length / (batch.sequences() * batch.decoderLength());
      int compared = 0;
      for (int i = 0; i < expected.length; i++) {
        if (batch.decoderLossWeights()[i / vocab] > 0) {
          assertThat((double) actual[i]).isCloseTo(expected[i], within(tolerance));
          compared++;
        }
      }
      assertThat(compared).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a_t5_v10", "b_t5_v11", "c_switch_nodrop"})
  void whatWasImportedIsExportedBitForBit(String name) throws Exception {
    GoldenModel golden = new GoldenModel(name);
    done(importing(golden.write(folder.resolve("hf")), "run"));

    done(exporting("run", "one"));
    done(exporting("run", "many", "--max-shard-bytes", "40000"));

    Map<String, float[]> original = tensors(golden.weights());
    assertThat(names("one"))
        .containsExactly(
            "config.json",
            "generation_config.json",
            "model.safetensors",
            "sparkswitch.json",
            "special_tokens_map.json",
            "spiece.model",
            "tokenizer.json",
            "tokenizer_config.json");
    assertSame(tensors(folder.resolve("one/model.safetensors")), original);
    assertThat(names("many"))
        .contains("model-00001-of-%05d.safetensors".formatted(shards("many").size()))
        .contains("model.safetensors.index.json")
        .doesNotContain("model.safetensors");
    done(importing(folder.resolve("many"), "again"));
    assertSame(new TrainedRun(folder.resolve("again")).tensors(0), original);
    assertThat(config("one")).isEqualTo(config("many"));
    for (String field :
        List.of(
            "vocab_size",
            "d_model",
            "d_kv",
            "d_ff",
            "num_layers",
            "num_decoder_layers",
            "num_heads",
            "tie_word_embeddings",
            "feed_forward_proj",
            "num_experts",
            "num_sparse_encoder_layers",
            "num_sparse_decoder_layers",
            "encoder_sparse_step",
            "relative_attention_num_buckets",
            "relative_attention_max_distance",
            "model_type",
            "router_aux_loss_coef",
            "dropout_rate",
            "layer_norm_epsilon")) {
      if (golden.config().has(field)) {
        assertThat(config("one").path(field)).as(field).isEqualTo(golden.config().path(field));
      }
    }
  }

  @Test
  void halfTheSizeIsTheNearestBfloat16() throws Exception {
    done(importing(SWITCH.write(folder.resolve("hf")), "run"));
    done(exporting("run", "half", "--dtype", "bfloat16"));

    assertThat(config("half").path("torch_dtype").asText()).isEqualTo("bfloat16");
    try (PointerScope scope = new PointerScope();
        SafeTensorsReader half = reader(folder.resolve("half/model.safetensors"));
        SafeTensorsReader whole = reader(SWITCH.weights())) {
      for (String name : whole.names()) {
        assertThat(half.read(name).equal(whole.read(name).to(ScalarType.BFloat16)))
            .as(name)
            .isTrue();
      }
    }
  }

  @Test
  void expertsOfSeveralShardsAreAllExported() throws Exception {
    done(importing(SWITCH.write(folder.resolve("hf")), "run"));
    try (PointerScope scope = new PointerScope()) {
      spreadExperts(step -> true);
    }
    done(exporting("run", "out", "--step", "7", "--json", path("export.json")));

    assertSame(tensors(folder.resolve("out/model.safetensors")), tensors(SWITCH.weights()));
    assertThat(json("export.json").path("step").asInt()).isEqualTo(7);
    assertThat(json("export.json").path("tensors").asInt()).isEqualTo(61);
    assertThat(json("run/export-status.json").path("state").asText()).isEqualTo("done");
  }

  @Test
  void anExpertThatTheCheckpointLacksIsNamedAndNothingIsWritten() throws Exception {
    done(importing(SWITCH.write(folder.resolve("hf")), "run"));
    try (PointerScope scope = new PointerScope()) {
      spreadExperts(name -> !name.equals(EXPERT));
    }
    refused(3, exporting("run", "out")).contains("it lacks " + EXPERT);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void anImportedModelGeneratesWithItsOwnVocabulary() throws Exception {
    done(importing(DENSE.write(folder.resolve("hf")), "run"));
    done(
        List.of(
            "generate",
            "--run",
            path("run"),
            "--vocab",
            path("run"),
            "--max-tokens",
            "3",
            "abab <extra_id_0>"));
    assertThat(json("run/samples.json")).hasSize(1);
  }

  @Test
  void theSameCommandFindsNothingToDoAndAnotherModelIsRefused() throws Exception {
    done(importing(DENSE.write(folder.resolve("hf")), "run"));
    assertThat(done(importing(folder.resolve("hf"), "run"))).contains("Nothing new to do");
    done(exporting("run", "out"));
    assertThat(done(exporting("run", "out"))).contains("Nothing new to do");

    refused(2, exporting("run", "out", "--dtype", "bfloat16")).contains("holds another model");
    done(exporting("run", "out", "--dtype", "bfloat16", "--fresh"));
    refused(2, importing(folder.resolve("out"), "run")).contains("holds another model");
    done(with(importing(folder.resolve("out"), "run"), "--fresh"));
  }

  @Test
  void sentinelsAndSpecialTokensAreT5s() throws Exception {
    done(importing(DENSE.write(folder.resolve("hf")), "run"));
    done(exporting("run", "out"));

    JsonNode map = json("out/special_tokens_map.json");
    assertThat(map.path("additional_special_tokens")).hasSize(100);
    assertThat(map.path("additional_special_tokens").get(99).asText()).isEqualTo("<extra_id_99>");
    assertThat(map.path("pad_token").asText()).isEqualTo("<pad>");
    assertThat(map.path("eos_token").asText()).isEqualTo("</s>");
    assertThat(map.path("unk_token").asText()).isEqualTo("<unk>");
    assertThat(json("out/tokenizer_config.json").path("extra_ids").asInt()).isEqualTo(100);
    assertThat(json("out/generation_config.json").path("suppress_tokens"))
        .hasSize(8)
        .first()
        .extracting(JsonNode::asInt)
        .isEqualTo(120);
    JsonNode pieces = json("out/tokenizer.json").at("/model/vocab");
    assertThat(pieces).hasSize(120);
    assertThat(pieces.get(1).get(0).asText()).isEqualTo("</s>");
    assertThat(pieces.get(119).get(0).asText()).isEqualTo("<extra_id_0>");
    assertThat(json("out/tokenizer.json").path("added_tokens")).hasSize(103);
    assertThat(folder.resolve("out/spiece.model"))
        .hasSameBinaryContentAs(folder.resolve("hf/spiece.model"));
  }

  private interface Kept {
    boolean test(String name);
  }

  /** Commits the imported model anew, at step 7, its experts in two shards. */
  private void spreadExperts(Kept kept) throws IOException {
    Committed imported = new TrainedRun(folder.resolve("run")).checkpoint(0);
    List<Map<String, Tensor>> parts =
        List.of(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
    try (SafeTensorsReader whole = reader(SWITCH.weights())) {
      for (String name : whole.names()) {
        int part = !name.contains("expert_") ? 0 : name.matches(".*expert_[01].*") ? 1 : 2;
        if (kept.test(name)) {
          parts.get(part).put(name, whole.read(name));
        }
      }
    }
    CheckpointFolder checkpoints =
        new CheckpointFolder(path("run/checkpoints"), new Configuration());
    List<Shard> shards = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      shards.add(checkpoints.writeShard(7, 3, "part-" + i, parts.get(i)));
    }
    checkpoints.commit(
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION, 7, 3, shards, imported.manifest().provenance()));
  }

  private T5Model load(String run) throws IOException {
    RunConfig config =
        ConfigLoader.load(
            Optional.empty(),
            List.of(),
            Optional.of(Files.readString(folder.resolve(run + "/config.conf"))));
    VocabularySpec spec = VocabularyRecord.open(path(run), new Configuration()).spec();
    Committed checkpoint =
        new CheckpointFolder(path(run + "/checkpoints"), new Configuration())
            .require(OptionalLong.empty());
    return ModelFiles.load(checkpoint, Architecture.of(config, spec.rows()), new Configuration());
  }

  private static Tensor logits(T5Model model, Batch batch) {
    Inputs inputs = Inputs.of(batch, 0, batch.sequences(), model.config().grouping());
    try (Exchange exchange = LocalExchange.group(1).get(0);
        NoGradGuard guard = new NoGradGuard()) {
      Tag position = new Tag(0, 0, 0, 0, Direction.CONTROL);
      RoutingRule rule = model.config().training().inference(Capacity.dropless());
      return model.forward(inputs, Pass.inference(exchange, position, rule));
    }
  }

  private static Offset<Double> within(double tolerance) {
    return Offset.offset(tolerance);
  }

  private static SafeTensorsReader reader(Path file) throws IOException {
    return new SafeTensorsReader(new org.apache.hadoop.fs.Path(file.toUri()), new Configuration());
  }

  private static Map<String, float[]> tensors(Path file) throws IOException {
    Map<String, float[]> tensors = new TreeMap<>();
    try (PointerScope scope = new PointerScope();
        SafeTensorsReader reader = reader(file)) {
      for (String name : reader.names()) {
        tensors.put(name, Tensors.toFloats(reader.read(name)));
      }
    }
    return tensors;
  }

  private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, values) -> assertThat(actual.get(name)).as(name).isEqualTo(values));
  }

  private List<String> names(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private List<String> shards(String name) throws IOException {
    return names(name).stream().filter(file -> file.endsWith(".safetensors")).toList();
  }

  private JsonNode config(String name) throws IOException {
    return json(name + "/config.json");
  }
}
