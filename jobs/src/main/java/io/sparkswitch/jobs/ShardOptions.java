package io.sparkswitch.jobs;

import io.sparkswitch.jobs.track.OutputFolder;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
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

  ShardOptions() {}

  ShardOptions(String shards, String vocabulary) {
    this.shards = shards;
    this.vocabulary = vocabulary;
  }

  /** As a whole URI: executors work in folders of their own. */
  String training(Configuration hadoop) throws IOException {
    return OutputFolder.of(shards, hadoop).uri("train");
  }

  /** As a whole URI: executors work in folders of their own. */
  String validation(Configuration hadoop) throws IOException {
    return OutputFolder.of(shards, hadoop).uri("validation");
  }

  Optional<String> vocabulary() {
    return Optional.ofNullable(vocabulary);
  }
}
