package io.sparkswitch.jobs;

import java.util.Optional;
import picocli.CommandLine.Option;

/** For verbs that read prepared text. */
final class ShardOptions {
  @Option(
      names = "--shards",
      required = true,
      paramLabel = "DIR",
      description = "folder that the verb prepare wrote")
  private String shards;

  @Option(
      names = "--vocab",
      paramLabel = "DIR",
      description = "folder that the verb vocab wrote; refused if the shards have another")
  private String vocabulary;

  String training() {
    return shards + "/train";
  }

  String validation() {
    return shards + "/validation";
  }

  Optional<String> vocabulary() {
    return Optional.ofNullable(vocabulary);
  }
}
