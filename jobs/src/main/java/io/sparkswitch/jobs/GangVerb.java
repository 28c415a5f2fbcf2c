package io.sparkswitch.jobs;

import java.util.Optional;
import picocli.CommandLine.Mixin;

/** A verb whose gang of executors writes a folder. */
abstract class GangVerb extends ConfiguredVerb {
  @Mixin private OutputOptions output;

  /** Where it writes to. */
  final OutputOptions output() {
    return output;
  }

  @Override
  final Optional<String> statusFolder() {
    return Optional.of(output.out());
  }

  @Override
  final boolean needsGang() {
    return true;
  }
}
