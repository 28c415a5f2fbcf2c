package io.sparkswitch.jobs;

import io.sparkswitch.jobs.track.MetricsLog;
import io.sparkswitch.jobs.track.OutputFolder;
import io.sparkswitch.jobs.track.StepMetrics;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.checkpoint.SafeTensorsReader;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * What a training left in its folder.
 *
 * @param folder the run folder
 */
record TrainedRun(Path folder) {
  private static final String SQUARE = "adafactor.square.";

  List<StepMetrics> metrics() throws IOException {
    return MetricsLog.read(OutputFolder.of(folder.toString(), new Configuration()));
  }

  /** The last step that is in the log so far, 0 for none. */
  long lastStep() throws IOException {
    List<StepMetrics> metrics = metrics();
    return metrics.isEmpty() ? 0 : metrics.get(metrics.size() - 1).step();
  }

  List<Double> losses() throws IOException {
    return metrics().stream().map(StepMetrics::loss).toList();
  }

  /** All that is logged except how fast it went. */
  List<StepMetrics> metricsWithoutTime() throws IOException {
    StepMetrics.Throughput none = new StepMetrics.Throughput(0, 0, 0, 0);
    List<StepMetrics> all = new ArrayList<>();
    for (StepMetrics m : metrics()) {
      all.add(
          new StepMetrics(
              m.step(),
              m.loss(),
              m.auxiliaryLoss(),
              m.learningRate(),
              none,
              m.validationLoss(),
              m.layers()));
    }
    return all;
  }

  Committed checkpoint(long step) throws IOException {
    return new CheckpointFolder(folder.resolve("checkpoints").toString(), new Configuration())
        .require(OptionalLong.of(step));
  }

  /** Digest of each shard of a checkpoint, under its name without the attempt's number. */
  Map<String, String> digests(long step) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    for (Shard shard : checkpoint(step).manifest().shards()) {
      digests.put(shard.file().replaceAll("-attempt-\\d+", ""), shard.sha256());
    }
    return digests;
  }

  /** Every tensor of a checkpoint, flat, rounded to float32. */
  Map<String, float[]> tensors(long step) throws IOException {
    return tensors(step, Tensors::toFloats);
  }

  /** Every tensor of a checkpoint, flat. */
  Map<String, double[]> exactTensors(long step) throws IOException {
    return tensors(step, Tensors::toDoubles);
  }

  private <T> Map<String, T> tensors(long step, Function<Tensor, T> values) throws IOException {
    Committed checkpoint = checkpoint(step);
    Map<String, T> tensors = new TreeMap<>();
    for (Shard shard : checkpoint.manifest().shards()) {
      try (PointerScope scope = new PointerScope();
          SafeTensorsReader reader =
              new SafeTensorsReader(
                  new org.apache.hadoop.fs.Path(checkpoint.folder(), shard.file()),
                  new Configuration())) {
        for (String name : reader.names()) {
          tensors.put(name, values.apply(reader.read(name)));
        }
      }
    }
    return tensors;
  }

  /**
   * The magnitudes of the gradients of step 1: Adafactor's first second moments are their squares,
   * for its decay 1 − t^−0.8 is 0 at t = 1 and no matrix of the tiny model is factored.
   */
  Map<String, double[]> firstGradients() throws IOException {
    Map<String, double[]> gradients = new TreeMap<>();
    exactTensors(1)
        .forEach(
            (name, values) -> {
              if (name.startsWith(SQUARE)) {
                double[] magnitudes = new double[values.length];
                for (int i = 0; i < values.length; i++) {
                  magnitudes[i] = Math.sqrt(values[i]);
                }
                gradients.put(name.substring(SQUARE.length()), magnitudes);
              }
            });
    return gradients;
  }
}
