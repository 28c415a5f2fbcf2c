package io.sparkswitch.model.t5;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.checkpoint.SafeTensorsReader;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Exploration;
import io.sparkswitch.model.moe.RouterLossFactors;
import io.sparkswitch.model.moe.RouterLossFactors.Convention;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.moe.Selection;
import io.sparkswitch.model.t5.T5Config.Conventions;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
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

  /**
   * @param file {@code <name>.config.json}; the case's other files lie beside it
   */
  GoldenCase(Path file) throws IOException {
    this.name = file.getFileName().toString().replace(".config.json", "");
    Path folder = file.toAbsolutePath().getParent();
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
            1),
        sparse(hf, paper));
  }

  private static Optional<SwitchConfig> sparse(JsonNode hf, JsonNode paper) {
    if (!paper.isMissingNode()) {
      return Optional.of(paper(paper));
    }
    return hf.has("num_experts") ? Optional.of(huggingFace(hf)) : Optional.empty();
  }

  private static SwitchConfig paper(JsonNode paper) {
    Selection selection =
        switch (paper.required("routing").asText()) {
          case "top1" -> Selection.topK(1);
          case "topk" ->
              new Selection(
                  Selection.Kind.TOP_K,
                  paper.required("k").asInt(),
                  paper.required("renormalize_gates").asBoolean());
          case "ntlb" -> Selection.noTokenLeftBehind(paper.required("stages").asInt());
          default -> throw new IllegalArgumentException("routing " + paper.required("routing"));
        };
    RoutingRule rule =
        new RoutingRule(
            selection,
            Capacity.factor(paper.required("capacity_factor").asDouble()),
            Exploration.argmax(),
            new RouterLossFactors(
                paper.required("aux_coef").asDouble(),
                paper.required("z_coef").asDouble(),
                Convention.PAPER));
    JsonNode blocks = paper.required("sparse_blocks");
    SparseBlocks sparse =
        new SparseBlocks(
            StreamSupport.stream(blocks.required("encoder").spliterator(), false)
                .map(JsonNode::asInt)
                .toList(),
            StreamSupport.stream(blocks.required("decoder").spliterator(), false)
                .map(JsonNode::asInt)
                .toList());
    return SwitchConfig.feedForward(paper.required("num_experts").asInt(), sparse, rule, 0);
  }

  /** Each sequence a group of its own, padding included; a fixed capacity. */
  private static SwitchConfig huggingFace(JsonNode hf) {
    RoutingRule rule =
        new RoutingRule(
            Selection.topK(1),
            Capacity.fixed(hf.required("expert_capacity").asInt()),
            Exploration.argmax(),
            new RouterLossFactors(
                hf.required("router_aux_loss_coef").asDouble(),
                hf.required("router_z_loss_coef").asDouble(),
                Convention.HUGGING_FACE));
    SparseBlocks blocks =
        new SparseBlocks(
            blocks(hf.required("num_layers").asInt(), hf.required("encoder_sparse_step").asInt()),
            blocks(
                hf.required("num_decoder_layers").asInt(),
                hf.required("decoder_sparse_step").asInt()));
    return new SwitchConfig(
        hf.required("num_experts").asInt(),
        blocks,
        ExpertSites.FEED_FORWARD,
        rule,
        new Grouping(1, Grouping.Padding.ROUTED));
  }

  private static List<Integer> blocks(int layers, int step) {
    return IntStream.range(0, layers).filter(i -> step == 1 || i % step == 1).boxed().toList();
  }

  boolean isPaper() {
    return json.has("paper");
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
