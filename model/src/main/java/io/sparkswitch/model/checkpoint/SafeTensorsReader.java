package io.sparkswitch.model.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkswitch.model.tensor.TensorBytes;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.bytedeco.pytorch.Tensor;

/** Reads a safetensors file tensor by tensor, wherever it lies; offsets are long. */
public final class SafeTensorsReader implements AutoCloseable {
  private static final long LONGEST_HEADER = 100L << 20;
  private static final int CHUNK = 1 << 20;

  private final Path path;
  private final FSDataInputStream in;
  private final Map<String, SafeTensorsEntry> entries = new LinkedHashMap<>();
  private final long dataStart;

  public SafeTensorsReader(Path path, Configuration conf) throws IOException {
    this.path = path;
    FileSystem fs = path.getFileSystem(conf);
    long length = fs.getFileStatus(path).getLen();
    this.in = fs.open(path);
    try {
      if (length < Long.BYTES) {
        throw new IOException("%s is no safetensors file: it has %d bytes".formatted(path, length));
      }
      byte[] prefix = new byte[Long.BYTES];
      in.readFully(prefix);
      long header = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
      if (header < 2 || header > Math.min(LONGEST_HEADER, length - Long.BYTES)) {
        throw new IOException(
            "%s is no safetensors file: its header claims %d of %d bytes"
                .formatted(path, header, length));
      }
      byte[] json = new byte[Math.toIntExact(header)];
      in.readFully(json);
      this.dataStart = Long.BYTES + header;
      parse(json, length - dataStart);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private void parse(byte[] json, long dataBytes) throws IOException {
    for (Map.Entry<String, JsonNode> field : header(json).properties()) {
      if (field.getKey().equals("__metadata__")) {
        continue;
      }
      try {
        SafeTensorsEntry entry = entry(field.getValue());
        if (entry.end() > dataBytes) {
          throw new IllegalArgumentException(
              "ends at byte %d of %d: the file is truncated".formatted(entry.end(), dataBytes));
        }
        entries.put(field.getKey(), entry);
      } catch (RuntimeException e) {
        throw new IOException(
            "%s: tensor %s: %s".formatted(path, field.getKey(), e.getMessage()), e);
      }
    }
    refuseOverlaps();
  }

  private JsonNode header(byte[] json) throws IOException {
    try {
      return new ObjectMapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw new IOException("%s is no safetensors file: its header is no JSON".formatted(path), e);
    }
  }

  private void refuseOverlaps() throws IOException {
    List<Map.Entry<String, SafeTensorsEntry>> byPosition =
        entries.entrySet().stream()
            .filter(e -> e.getValue().end() > e.getValue().begin())
            .sorted(Comparator.comparingLong(e -> e.getValue().begin()))
            .toList();
    for (int i = 1; i < byPosition.size(); i++) {
      if (byPosition.get(i).getValue().begin() < byPosition.get(i - 1).getValue().end()) {
        throw new IOException(
            "%s: tensor %s overlaps %s"
                .formatted(path, byPosition.get(i).getKey(), byPosition.get(i - 1).getKey()));
      }
    }
  }

  private static SafeTensorsEntry entry(JsonNode node) {
    JsonNode shape = node.required("shape");
    long[] axes = new long[shape.size()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = shape.get(i).asLong();
    }
    JsonNode offsets = node.required("data_offsets");
    return new SafeTensorsEntry(
        node.required("dtype").asText(),
        axes,
        offsets.required(0).asLong(),
        offsets.required(1).asLong());
  }

  public Set<String> names() {
    return entries.keySet();
  }

  public boolean has(String name) {
    return entries.containsKey(name);
  }

  /** A tensor in the dtype and shape of the file. */
  public Tensor read(String name) throws IOException {
    SafeTensorsEntry entry = entries.get(name);
    if (entry == null) {
      throw new IOException("%s has no tensor %s".formatted(path, name));
    }
    Tensor tensor = Tensors.empty(entry.scalarType(), entry.shape());
    in.seek(dataStart + entry.begin());
    byte[] chunk = new byte[CHUNK];
    for (ByteBuffer buffer : TensorBytes.of(tensor).all()) {
      while (buffer.hasRemaining()) {
        int n = Math.min(chunk.length, buffer.remaining());
        in.readFully(chunk, 0, n);
        buffer.put(chunk, 0, n);
      }
    }
    return tensor;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
