package io.sparkswitch.model.checkpoint;

import io.sparkswitch.data.source.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A folder as {@code save_pretrained} writes it: small files, and the tensors in one {@code
 * model.safetensors} or in shards that {@code model.safetensors.index.json} names.
 */
public final class HuggingFaceFolder {
  public static final String CONFIG = "config.json";
  static final String SINGLE = "model.safetensors";
  private static final int LARGEST_TEXT = 100 << 20;

  private final Path root;
  private final FileSystem files;

  private HuggingFaceFolder(Path root, FileSystem files) {
    this.root = root;
    this.files = files;
  }

  /**
   * @param folder path or URI on any Hadoop file system; need not exist
   */
  public static HuggingFaceFolder of(String folder, Configuration conf) throws IOException {
    Path path = new Path(folder);
    FileSystem files = path.getFileSystem(conf);
    Path root = files.makeQualified(path);
    // Whoever else writes such a folder keeps no checksums beside it: those of ours would go stale.
    return new HuggingFaceFolder(
        root, files instanceof LocalFileSystem local ? local.getRaw() : files);
  }

  /** The folder's full URI. */
  public String uri() {
    return root.toString();
  }

  public String uri(String name) {
    return new Path(root, name).toString();
  }

  public boolean has(String name) throws IOException {
    return files.exists(new Path(root, name));
  }

  /**
   * A small file's bytes; empty if there is no such file.
   *
   * @throws InputException if it is larger than any such file
   */
  public Optional<byte[]> bytes(String name) throws IOException {
    Path path = new Path(root, name);
    FileStatus status;
    try {
      status = files.getFileStatus(path);
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
    if (status.getLen() > LARGEST_TEXT) {
      throw new InputException(
          "%s has %d bytes, more than such a file ever has".formatted(path, status.getLen()));
    }
    try (InputStream in = files.open(path)) {
      return Optional.of(in.readAllBytes());
    }
  }

  /** A small file's text; empty if there is no such file. */
  public Optional<String> text(String name) throws IOException {
    return bytes(name).map(b -> new String(b, StandardCharsets.UTF_8));
  }

  /**
   * The model's tensors.
   *
   * @throws InputException if they are not whole: a shard is missing, or does not hold just what
   *     the index says
   */
  public TensorFiles open() throws IOException {
    return weights().open();
  }

  private HuggingFaceWeights weights() {
    return new HuggingFaceWeights(this, root, files);
  }

  /** SHA-256 of the configuration and the weights, lower-case hexadecimal: reads all of them. */
  public String digest() throws IOException {
    MessageDigest digest = CheckpointFolder.sha256();
    digest.update(bytes(CONFIG).orElse(new byte[0]));
    byte[] buffer = new byte[1 << 16];
    for (Path path : weights().paths()) {
      try (InputStream in = files.open(path)) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Creates or replaces a small file. */
  public void write(String name, byte[] bytes) throws IOException {
    try (OutputStream out = files.create(new Path(root, name), true)) {
      out.write(bytes);
    }
  }

  /** Creates or replaces a small file. */
  public void write(String name, String text) throws IOException {
    write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Removes what makes the folder a model, the configuration first. */
  public void clear() throws IOException {
    for (String name : List.of(CONFIG, HuggingFaceIndex.FILE, "tokenizer.json")) {
      files.delete(new Path(root, name), false);
    }
    if (files.exists(root)) {
      for (FileStatus file :
          files.listStatus(root, p -> p.getName().matches("model(-\\d+-of-\\d+)?\\.safetensors"))) {
        files.delete(file.getPath(), false);
      }
    }
  }

  /**
   * Writes the tensors as one file, or as shards and then their index.
   *
   * @param maxShardBytes tensor bytes of a shard; a larger tensor has a shard of its own
   * @return names of the files of tensors
   */
  public List<String> write(List<TensorSpec> specs, TensorSource source, long maxShardBytes)
      throws IOException {
    ShardPlan plan = ShardPlan.of(specs, maxShardBytes);
    for (int i = 0; i < plan.shards().size(); i++) {
      try (OutputStream out = files.create(new Path(root, plan.name(i)), true)) {
        SafeTensorsWriter.write(out, plan.shards().get(i), source);
      }
    }
    if (plan.shards().size() > 1) {
      write(HuggingFaceIndex.FILE, plan.index().toJson());
    }
    return plan.names();
  }
}
