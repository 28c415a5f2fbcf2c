package io.sparkswitch.jobs;

import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Mixin;

/**
 * A verb that reads the model of a run folder and leaves its status beside the run's own. The run's
 * configuration is the default.
 */
abstract class TrainedModelVerb extends ConfiguredVerb {
  @Mixin private CheckpointOptions checkpoint;

  final CheckpointOptions checkpoint() {
    return checkpoint;
  }

  @Override
  final Optional<String> statusFolder() {
    return Optional.of(checkpoint.run());
  }

  @Override
  final boolean isGuest() {
    return true;
  }

  @Override
  final Optional<String> savedConfiguration(VerbRun run) throws IOException {
    return SavedRun.configuration(checkpoint.run(), run);
  }
}
