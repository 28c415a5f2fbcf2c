package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.model.checkpoint.CheckpointManifest;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Parameters;
import io.sparkswitch.model.tensor.ParameterSpec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A checkpoint of parameters from elsewhere, at step 0: it has no optimizer's state and belongs to
 * no data yet, so whoever trains on decides both.
 */
public final class ImportedCheckpoint {
  /** The verb that makes them, as their provenance says. */
  public static final String VERB = "import";

  /** Key of a checkpoint's provenance: {@link #parameters}. */
  public static final String PARAMETERS = "parametersHash";

  /** Key of a checkpoint's provenance: digest of the checkpoint that a fine-tuning began with. */
  public static final String STARTED_FROM = "startedFrom";

  /** What a run that continues from one must share with it. */
  static final List<String> IDENTITY = List.of("vocabularyHash", PARAMETERS, STARTED_FROM);

  private ImportedCheckpoint() {}

  /** No training leaves a checkpoint before its first step. */
  static boolean is(CheckpointManifest manifest) {
    return manifest.step() == 0;
  }

  /** Digest of the names and shapes of all parameters. */
  public static String parameters(T5Config architecture) {
    String all =
        all(architecture)
            .map(spec -> spec.name() + Arrays.toString(spec.shape()))
            .collect(Collectors.joining("\n"));
    return Digests.of(all.getBytes(StandardCharsets.UTF_8));
  }

  /** Every parameter: dense ones, then all experts'. */
  public static Stream<ParameterSpec> all(T5Config architecture) {
    return Stream.concat(
        T5Parameters.dense(architecture).stream(),
        T5Parameters.experts(architecture, 0, architecture.experts()).stream());
  }
}
