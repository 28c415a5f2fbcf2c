package io.sparkswitch.model.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.model.tensor.TensorBytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Writes safetensors as a stream, one tensor at a time in memory. */
public final class SafeTensorsWriter {
  private static final int CHUNK = 1 << 20;
  private static final int ALIGNMENT = 8;

  private SafeTensorsWriter() {}

  /** Writes the tensors, which must be contiguous, in the order of the map. */
  public static void write(OutputStream out, Map<String, Tensor> tensors) throws IOException {
    List<TensorSpec> specs =
        tensors.entrySet().stream().map(e -> TensorSpec.of(e.getKey(), e.getValue())).toList();
    write(out, specs, spec -> tensors.get(spec.name()));
  }

  /**
   * Writes the tensors in the order of their specs, each asked for when its turn comes and let go
   * afterwards.
   *
   * @throws IllegalArgumentException if the source yields another dtype or shape than announced
   */
  public static void write(OutputStream out, List<TensorSpec> specs, TensorSource source)
      throws IOException {
    byte[] header = header(specs);
    ByteBuffer prefix = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(prefix.putLong(header.length).array());
    out.write(header);
    byte[] chunk = new byte[CHUNK];
    for (TensorSpec spec : specs) {
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Tensor tensor = source.read(spec);
        requireAnnounced(spec, TensorSpec.of(spec.name(), tensor));
        write(out, tensor, chunk);
      }
    }
  }

  private static void write(OutputStream out, Tensor tensor, byte[] chunk) throws IOException {
    for (ByteBuffer buffer : TensorBytes.of(tensor).all()) {
      while (buffer.hasRemaining()) {
        int n = Math.min(chunk.length, buffer.remaining());
        buffer.get(chunk, 0, n);
        out.write(chunk, 0, n);
      }
    }
  }

  private static void requireAnnounced(TensorSpec announced, TensorSpec given) {
    if (announced.dtype() != given.dtype() || !Arrays.equals(announced.shape(), given.shape())) {
      throw new IllegalArgumentException(
          "%s was announced as %s%s, but is %s%s"
              .formatted(
                  announced.name(),
                  announced.dtype(),
                  Arrays.toString(announced.shape()),
                  given.dtype(),
                  Arrays.toString(given.shape())));
    }
  }

  private static byte[] header(List<TensorSpec> specs) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    for (TensorSpec spec : specs) {
      ObjectNode entry = root.putObject(spec.name());
      entry.put("dtype", SafeTensorsEntry.dtype(spec.dtype()));
      entry.putPOJO("shape", spec.shape());
      long end = Math.addExact(offset, spec.bytes());
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = mapper.writeValueAsBytes(root);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] header = new byte[padded];
    Arrays.fill(header, (byte) ' ');
    System.arraycopy(json, 0, header, 0, json.length);
    return header;
  }
}
