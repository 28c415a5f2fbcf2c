package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Model;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * A trained model that a student's gang holds beside the student, to learn from.
 *
 * @param config the student's, with the teacher's model and routing
 * @param checkpoints folder of the teacher's
 * @param step of the one chosen
 * @param attempt of the one chosen
 */
public record TeacherSpec(RunConfig config, String checkpoints, long step, int attempt)
    implements Serializable {

  /** Reads all that a rank holds of it; the caller closes it. */
  T5Model open(int vocabularyRows, int rank, int size, Configuration hadoop) throws IOException {
    T5Config architecture = Architecture.of(config, vocabularyRows);
    T5Model model = T5Model.frozen(architecture, Architecture.precision(config), rank, size);
    CheckpointFolder.Committed checkpoint =
        new CheckpointFolder(checkpoints, hadoop).open(step, attempt);
    ModelTensors.read(checkpoint, hadoop, model.dense(), Map.of());
    ModelTensors.read(checkpoint, hadoop, model.experts(), Map.of());
    return model;
  }
}
