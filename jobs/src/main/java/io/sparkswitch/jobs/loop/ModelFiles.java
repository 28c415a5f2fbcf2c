package io.sparkswitch.jobs.loop;

import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointReader;
import io.sparkswitch.model.t5.Precision;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Model;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** A whole model, all experts included, in this process. */
public final class ModelFiles {
  private ModelFiles() {}

  public static T5Model load(Committed checkpoint, T5Config architecture, Configuration hadoop)
      throws IOException {
    T5Model model = new T5Model(architecture, Precision.FLOAT32, 0, 1);
    try {
      CheckpointReader.read(checkpoint, hadoop, ModelTensors.of(model.dense(), Map.of()));
      CheckpointReader.read(checkpoint, hadoop, ModelTensors.of(model.experts(), Map.of()));
      return model;
    } catch (IOException | RuntimeException e) {
      model.close();
      throw e;
    }
  }
}
