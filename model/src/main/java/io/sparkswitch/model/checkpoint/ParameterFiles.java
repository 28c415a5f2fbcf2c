package io.sparkswitch.model.checkpoint;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.tensor.ParameterSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** All parameters of one model in files, checked, read one at a time. */
public final class ParameterFiles implements AutoCloseable {
  private static final String SHARED = "shared.weight";
  private static final String HEAD = "lm_head.weight";

  /** Copies of the embedding in files that were written before tied tensors were left out. */
  private static final List<String> COPIES =
      List.of("encoder.embed_tokens.weight", "decoder.embed_tokens.weight", HEAD);

  /** T5 1.0 was published with this tensor, which no version of the model ever used. */
  private static final String UNUSED =
      "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight";

  private static final Set<String> ROOTS = Set.of("shared", "encoder", "decoder", "lm_head");

  private final TensorFiles files;
  private final List<ParameterSpec> parameters;

  private ParameterFiles(TensorFiles files, List<ParameterSpec> parameters) {
    this.files = files;
    this.parameters = List.copyOf(parameters);
  }

  /**
   * The parameters in a Hugging Face folder. Copies of tied tensors may be there, if they are
   * equal.
   *
   * @throws InputException naming tensors that are missing, surplus, misshapen or unequal copies
   */
  public static ParameterFiles of(HuggingFaceFolder folder, List<ParameterSpec> parameters)
      throws IOException {
    TensorFiles files = folder.open();
    try {
      List<String> copies = new ArrayList<>(COPIES);
      parameters.forEach(spec -> copies.remove(spec.name()));
      ParameterMatch.require(
          folder.uri(), files, parameters, name -> name.equals(UNUSED) || copies.contains(name));
      for (String copy : copies) {
        requireCopy(files, copy);
      }
      return new ParameterFiles(files, parameters);
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  /**
   * The parameters in a checkpoint; its optimizer's state is passed over.
   *
   * @throws InputException naming tensors that are missing, surplus or misshapen
   */
  public static ParameterFiles of(
      Committed checkpoint, Configuration conf, List<ParameterSpec> parameters) throws IOException {
    List<Path> paths =
        checkpoint.manifest().shards().stream()
            .map(shard -> new Path(checkpoint.folder(), shard.file()))
            .toList();
    TensorFiles files = TensorFiles.open(checkpoint.folder().getFileSystem(conf), paths);
    ParameterMatch.require(
        checkpoint.folder().toString(),
        files,
        parameters,
        name -> !ROOTS.contains(name.substring(0, Math.max(0, name.indexOf('.')))));
    return new ParameterFiles(files, parameters);
  }

  private static void requireCopy(TensorFiles files, String copy) throws IOException {
    if (!files.has(copy)) {
      return;
    }
    try (PointerScope scope = new PointerScope()) {
      Tensor shared = files.read(SHARED).to(ScalarType.Float);
      if (!files.read(copy).to(ScalarType.Float).equal(shared)) {
        throw new InputException(
            "%s: %s differs from %s, to which the model ties it%s"
                .formatted(
                    files.file(copy),
                    copy,
                    SHARED,
                    copy.equals(HEAD)
                        ? ": if it is a T5 1.1, its configuration must say tie_word_embeddings = false"
                        : ""));
      }
    }
  }

  /** What {@link #read} yields for each parameter, in the order of the forward pass. */
  public List<TensorSpec> specs(ScalarType dtype) {
    return parameters.stream()
        .map(spec -> new TensorSpec(spec.name(), dtype, spec.shape()))
        .toList();
  }

  /** A parameter, converted to the dtype that its spec asks for. */
  public Tensor read(TensorSpec spec) throws IOException {
    return files.read(spec.name()).to(spec.dtype());
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
