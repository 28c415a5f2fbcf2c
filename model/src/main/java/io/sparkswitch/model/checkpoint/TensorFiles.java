package io.sparkswitch.model.checkpoint;

import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.bytedeco.pytorch.Tensor;

/**
 * Several safetensors files as one set of tensors, read one at a time. One file is open at a time:
 * reading in the order of {@link #names()} opens each once.
 */
public final class TensorFiles implements AutoCloseable {
  private final FileSystem files;
  private final Map<String, Path> fileOf;
  private final Map<String, TensorSpec> specs;
  private Path current;
  private SafeTensorsReader reader;

  private TensorFiles(FileSystem files, Map<String, Path> fileOf, Map<String, TensorSpec> specs) {
    this.files = files;
    this.fileOf = fileOf;
    this.specs = specs;
  }

  /**
   * Reads the headers of all files.
   *
   * @throws InputException if a file is not whole, or two hold the same tensor
   */
  public static TensorFiles open(FileSystem files, List<Path> paths) throws IOException {
    Map<String, Path> fileOf = new LinkedHashMap<>();
    Map<String, TensorSpec> specs = new LinkedHashMap<>();
    for (Path path : paths) {
      try (SafeTensorsReader reader = new SafeTensorsReader(files, path)) {
        for (String name : reader.names()) {
          specs.put(name, reader.spec(name));
          Path other = fileOf.put(name, path);
          if (other != null) {
            throw new InputException(
                "tensor %s is in %s and in %s: it belongs in one of them"
                    .formatted(name, other, path));
          }
        }
      }
    }
    return new TensorFiles(files, fileOf, specs);
  }

  /** Names of all tensors, file after file. */
  public Set<String> names() {
    return Collections.unmodifiableSet(specs.keySet());
  }

  public boolean has(String name) {
    return specs.containsKey(name);
  }

  /** What the tensor's file says of it. */
  public TensorSpec spec(String name) {
    return require(specs, name);
  }

  /** The file that holds the tensor. */
  public Path file(String name) {
    return require(fileOf, name);
  }

  /** A tensor in the dtype and shape of its file. */
  public Tensor read(String name) throws IOException {
    Path path = file(name);
    if (!path.equals(current)) {
      close();
      reader = new SafeTensorsReader(files, path);
      current = path;
    }
    return reader.read(name);
  }

  private static <T> T require(Map<String, T> map, String name) {
    T found = map.get(name);
    if (found == null) {
      throw new IllegalArgumentException("no file holds a tensor " + name);
    }
    return found;
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      current = null;
      reader.close();
    }
  }
}
