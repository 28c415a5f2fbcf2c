package io.sparkswitch.jobs;

import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What every verb takes. */
final class RunOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "configuration in HOCON; without it the defaults, and --set preset=nano")
  private Path config;

  @Option(
      names = "--set",
      paramLabel = "key=value",
      description = "sets one key, over --config; may be repeated")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "writes the results as JSON, on any file system Hadoop knows")
  private String json;

  /**
   * The effective configuration.
   *
   * @param saved what a run has kept, beneath everything given here
   */
  RunConfig load(Optional<String> saved) {
    return ConfigLoader.load(Optional.ofNullable(config), settings, saved);
  }

  Optional<Path> file() {
    return Optional.ofNullable(config);
  }

  List<String> settings() {
    return List.copyOf(settings);
  }

  Optional<String> json() {
    return Optional.ofNullable(json);
  }
}
