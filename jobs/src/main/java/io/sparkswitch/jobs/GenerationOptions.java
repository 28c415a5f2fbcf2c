package io.sparkswitch.jobs;

import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** For the verb that fills masked spans. */
final class GenerationOptions {
  @Parameters(
      arity = "1..*",
      paramLabel = "TEXT",
      description = "sentences with <extra_id_0>, <extra_id_1> … where words are missing")
  private List<String> texts;

  @Option(
      names = "--vocab",
      required = true,
      paramLabel = "DIR",
      description = "folder that the verb vocab wrote")
  private String vocabulary;

  @Option(
      names = "--max-tokens",
      defaultValue = "64",
      paramLabel = "N",
      description = "tokens to generate at most")
  private int maxTokens;

  List<String> texts() {
    return List.copyOf(texts);
  }

  String vocabulary() {
    return vocabulary;
  }

  int maxTokens() {
    return maxTokens;
  }
}
