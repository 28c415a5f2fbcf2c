package io.sparkswitch.model.checkpoint;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.model.tensor.TensorBytes;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.bytedeco.pytorch.Tensor;

/** Reads a safetensors file tensor by tensor, wherever it lies; offsets are long. */
public final class SafeTensorsReader implements AutoCloseable {
  private static final int CHUNK = 1 << 20;

  private final Path path;
  private final FSDataInputStream in;
  private final SafeTensorsHeader header;

  /**
   * @throws InputException if the file is not a whole safetensors file
   */
  public SafeTensorsReader(Path path, Configuration conf) throws IOException {
    this(path.getFileSystem(conf), path);
  }

  SafeTensorsReader(FileSystem files, Path path) throws IOException {
    this.path = path;
    long length = files.getFileStatus(path).getLen();
    this.in = files.open(path);
    try {
      this.header = SafeTensorsHeader.read(path.toString(), length, in);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** Names in the order of the header. */
  public Set<String> names() {
    return Collections.unmodifiableSet(header.entries().keySet());
  }

  public boolean has(String name) {
    return header.entries().containsKey(name);
  }

  /** Name, dtype and shape of a tensor, from the header alone. */
  public TensorSpec spec(String name) throws IOException {
    SafeTensorsEntry entry = entry(name);
    return new TensorSpec(name, entry.scalarType(), entry.shape());
  }

  /** A tensor in the dtype and shape of the file. */
  public Tensor read(String name) throws IOException {
    SafeTensorsEntry entry = entry(name);
    Tensor tensor = Tensors.empty(entry.scalarType(), entry.shape());
    in.seek(header.dataStart() + entry.begin());
    byte[] chunk = new byte[(int) Math.min(CHUNK, entry.end() - entry.begin())];
    for (ByteBuffer buffer : TensorBytes.of(tensor).all()) {
      while (buffer.hasRemaining()) {
        int n = Math.min(chunk.length, buffer.remaining());
        in.readFully(chunk, 0, n);
        buffer.put(chunk, 0, n);
      }
    }
    return tensor;
  }

  private SafeTensorsEntry entry(String name) throws IOException {
    SafeTensorsEntry entry = header.entries().get(name);
    if (entry == null) {
      throw new IOException("%s has no tensor %s".formatted(path, name));
    }
    return entry;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
