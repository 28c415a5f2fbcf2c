package io.sparkswitch.model.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.model.tensor.TensorBytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Writes safetensors as a stream, one tensor at a time in memory. */
public final class SafeTensorsWriter {
  private static final int CHUNK = 1 << 20;
  private static final int ALIGNMENT = 8;

  private SafeTensorsWriter() {}

  /** Writes the tensors, which must be contiguous, in the order of the map. */
  public static void write(OutputStream out, Map<String, Tensor> tensors) throws IOException {
    byte[] header = header(tensors);
    ByteBuffer prefix = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(prefix.putLong(header.length).array());
    out.write(header);
    byte[] chunk = new byte[CHUNK];
    for (Tensor tensor : tensors.values()) {
      for (ByteBuffer buffer : TensorBytes.of(tensor).all()) {
        while (buffer.hasRemaining()) {
          int n = Math.min(chunk.length, buffer.remaining());
          buffer.get(chunk, 0, n);
          out.write(chunk, 0, n);
        }
      }
    }
  }

  private static byte[] header(Map<String, Tensor> tensors) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
      Tensor tensor = named.getValue();
      ObjectNode entry = root.putObject(named.getKey());
      entry.put("dtype", SafeTensorsEntry.dtype(tensor.scalar_type().intern()));
      long[] shape = new long[Math.toIntExact(tensor.dim())];
      Arrays.setAll(shape, tensor::size);
      entry.putPOJO("shape", shape);
      entry.putArray("data_offsets").add(offset).add(offset + tensor.nbytes());
      offset += tensor.nbytes();
    }
    byte[] json = mapper.writeValueAsBytes(root);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] header = new byte[padded];
    Arrays.fill(header, (byte) ' ');
    System.arraycopy(json, 0, header, 0, json.length);
    return header;
  }
}
