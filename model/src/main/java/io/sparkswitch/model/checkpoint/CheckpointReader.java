package io.sparkswitch.model.checkpoint;

import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Reads tensors by name from whichever shard of a checkpoint holds them. */
public final class CheckpointReader {
  private CheckpointReader() {}

  /**
   * Fills every tensor of {@code wanted} in place.
   *
   * @throws IOException naming the first tensor that is missing or of another shape
   */
  public static void read(Committed checkpoint, Configuration conf, Map<String, Tensor> wanted)
      throws IOException {
    Set<String> missing = new HashSet<>(wanted.keySet());
    for (Shard shard : checkpoint.manifest().shards()) {
      Path path = new Path(checkpoint.folder(), shard.file());
      try (SafeTensorsReader reader = new SafeTensorsReader(path, conf)) {
        List<String> here = new ArrayList<>(reader.names());
        here.retainAll(missing);
        for (String name : here) {
          copy(reader, path, name, wanted.get(name));
          missing.remove(name);
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new IOException(
          "checkpoint %s lacks %s%s: it belongs to another model"
              .formatted(
                  checkpoint.folder(),
                  missing.stream().sorted().findFirst().orElseThrow(),
                  missing.size() > 1 ? " and %d more".formatted(missing.size() - 1) : ""));
    }
  }

  private static void copy(SafeTensorsReader reader, Path path, String name, Tensor into)
      throws IOException {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor saved = reader.read(name);
      long[] expected = shape(into);
      if (!Arrays.equals(shape(saved), expected)) {
        throw new IOException(
            "%s: %s has shape %s, the model needs %s"
                .formatted(path, name, Arrays.toString(shape(saved)), Arrays.toString(expected)));
      }
      into.copy_(saved);
    }
  }

  private static long[] shape(Tensor tensor) {
    long[] shape = new long[Math.toIntExact(tensor.dim())];
    Arrays.setAll(shape, tensor::size);
    return shape;
  }
}
