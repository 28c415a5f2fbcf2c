package io.sparkswitch.model.t5;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.checkpoint.SafeTensorsReader;
import io.sparkswitch.model.t5.T5Config.Conventions;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** A case of the golden data: configuration, weights, inputs and expected outputs. */
final class GoldenCase implements AutoCloseable {
  final String name;
  final JsonNode json;
  final T5Config config;
  final SafeTensorsReader data;
  private final SafeTensorsReader weights;

  GoldenCase(Path folder, String name) throws IOException {
    this.name = name;
    this.json = new ObjectMapper().readTree(folder.resolve(name + ".config.json").toFile());
    this.config = config(json.required("hf_config"), json.path("paper"));
    this.data = open(folder.resolve(name + ".data.safetensors"));
    this.weights = open(folder.resolve(name + ".weights.safetensors"));
  }

  static SafeTensorsReader open(Path file) throws IOException {
    return new SafeTensorsReader(new org.apache.hadoop.fs.Path(file.toUri()), new Configuration());
  }

  private static T5Config config(JsonNode hf, JsonNode paper) {
    boolean gated = hf.path("feed_forward_proj").asText("relu").startsWith("gated");
    return new T5Config(
        hf.required("vocab_size").asInt(),
        new Width(
            hf.required("d_model").asInt(),
            hf.required("d_ff").asInt(),
            hf.required("num_heads").asInt(),
            hf.required("d_kv").asInt()),
        hf.required("num_layers").asInt(),
        hf.required("num_decoder_layers").asInt(),
        new Conventions(
            gated ? FeedForwardKind.GATED_GELU : FeedForwardKind.RELU,
            hf.required("tie_word_embeddings").asBoolean(),
            hf.required("relative_attention_num_buckets").asInt(),
            hf.required("relative_attention_max_distance").asInt(),
            0,
            1),
        paper.isMissingNode()
            ? Optional.empty()
            : Optional.of(
                new SwitchConfig(
                    paper.required("num_experts").asInt(),
                    2,
                    paper.required("capacity_factor").asDouble(),
                    paper.required("aux_coef").asDouble(),
                    0,
                    0)));
  }

  void fill(Parameters parameters) throws IOException {
    try (NoGradGuard guard = new NoGradGuard()) {
      for (ParameterSpec spec : parameters.specs()) {
        parameters.value(spec.name()).copy_(weights.read(spec.name()));
      }
    }
  }

  Batch batch() throws IOException {
    Tensor ids = data.read("in.input_ids");
    int[] labels = Tensors.toInts(data.read("in.labels"));
    float[] counts = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      counts[i] = labels[i] >= 0 ? 1 : 0;
      labels[i] = Math.max(0, labels[i]);
    }
    int n = Math.toIntExact(ids.size(0));
    return new Batch(
        n,
        Math.toIntExact(ids.size(1)),
        labels.length / n,
        Tensors.toInts(ids),
        Tensors.toInts(data.read("in.decoder_input_ids")),
        labels,
        counts,
        new long[n],
        new int[n]);
  }

  double figure(String key) {
    return json.required("fp32_vs_fp64").required(key).asDouble();
  }

  @Override
  public void close() throws IOException {
    data.close();
    weights.close();
  }
}
