package io.sparkswitch.jobs;

import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.model.generation.AllowedTokens;
import io.sparkswitch.model.generation.DecodingMethod;
import io.sparkswitch.model.generation.DecodingMethod.Beam;
import io.sparkswitch.model.generation.DecodingMethod.Greedy;
import io.sparkswitch.model.generation.DecodingMethod.TopP;
import io.sparkswitch.model.generation.GenerationSettings;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** For the verb that fills masked spans. */
final class GenerationOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec verb;

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
      names = "--method",
      defaultValue = "greedy",
      paramLabel = "NAME",
      description = "how the next token is chosen: greedy, beam or sample")
  private MethodName method;

  @Option(
      names = "--beams",
      defaultValue = "4",
      paramLabel = "N",
      description = "beam: hypotheses kept for each sentence")
  private int beams;

  @Option(
      names = "--length-penalty",
      defaultValue = "1.0",
      paramLabel = "A",
      description = "beam: hypotheses compare by log-probability / length^A")
  private double lengthPenalty;

  @Option(
      names = "--top-p",
      defaultValue = "0.9",
      paramLabel = "P",
      description = "sample: from the fewest tokens whose probabilities reach P together")
  private double topP;

  @Option(
      names = "--temperature",
      defaultValue = "1.0",
      paramLabel = "T",
      description = "sample: scores are divided by T; below 1 the probable becomes more so")
  private double temperature;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "sample: another seed, other words")
  private long seed;

  @Option(
      names = "--max-tokens",
      defaultValue = "64",
      paramLabel = "N",
      description = "tokens to generate at most for each sentence, the end included")
  private int maxTokens;

  private enum MethodName {
    GREEDY,
    BEAM,
    SAMPLE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  List<String> texts() {
    return List.copyOf(texts);
  }

  String vocabulary() {
    return vocabulary;
  }

  /** As given with {@code --method}. */
  String method() {
    return method.toString();
  }

  /**
   * @param size ids in use
   * @throws UsageException if the options mean nothing
   */
  GenerationSettings settings(int size) {
    requireMethod(MethodName.BEAM, "--beams", "--length-penalty");
    requireMethod(MethodName.SAMPLE, "--top-p", "--temperature", "--seed");
    try {
      return new GenerationSettings(decodingMethod(), maxTokens, AllowedTokens.butPad(size));
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }

  private DecodingMethod decodingMethod() {
    return switch (method) {
      case GREEDY -> new Greedy();
      case BEAM -> new Beam(beams, lengthPenalty);
      case SAMPLE -> new TopP(topP, temperature, seed);
    };
  }

  private void requireMethod(MethodName required, String... options) {
    for (String option : options) {
      if (method != required && verb.commandLine().getParseResult().hasMatchedOption(option)) {
        throw new UsageException(
            "%s has no effect with --method %s: give --method %s too"
                .formatted(option, method, required));
      }
    }
  }
}
