package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.model.generation.AllowedTokens;
import io.sparkswitch.model.generation.DecodingMethod;
import io.sparkswitch.model.generation.DecodingMethod.Beam;
import io.sparkswitch.model.generation.DecodingMethod.Greedy;
import io.sparkswitch.model.generation.DecodingMethod.TopP;
import io.sparkswitch.model.generation.GenerationSettings;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class GenerationOptionsTest {
  @Command(name = "generate")
  private static final class Verb {
    @Mixin private GenerationOptions options;
  }

  @Test
  void eachMethodTakesItsOwnOptions() {
    assertThat(method()).isEqualTo(new Greedy());
    assertThat(method("--method", "greedy")).isEqualTo(new Greedy());
    assertThat(method("--method", "beam")).isEqualTo(new Beam(4, 1));
    assertThat(method("--method", "BEAM", "--beams", "2", "--length-penalty", "0.6"))
        .isEqualTo(new Beam(2, 0.6));
    assertThat(method("--method", "sample")).isEqualTo(new TopP(0.9, 1, 1));
    assertThat(method("--method", "sample", "--top-p=0.5", "--temperature=2", "--seed=-3"))
        .isEqualTo(new TopP(0.5, 2, -3));
  }

  @Test
  void padAndSurplusRowsAreNeverGenerated() {
    assertThat(parse("--max-tokens", "7").settings(300))
        .isEqualTo(new GenerationSettings(new Greedy(), 7, AllowedTokens.butPad(300)));
  }

  @Test
  void anOptionOfAnotherMethodIsRefused() {
    refused("--beams has no effect with --method greedy: give --method beam too", "--beams", "4");
    refused(
        "--seed has no effect with --method beam: give --method sample too",
        "--method",
        "beam",
        "--seed",
        "4");
  }

  @Test
  void valuesThatMeanNothingAreRefused() {
    refused("top-p is 1.5, must be in (0, 1]", "--method", "sample", "--top-p", "1.5");
    refused("beams is 0, must be at least 1", "--method", "beam", "--beams", "0");
    refused("maxTokens is 0, must be at least 1", "--max-tokens", "0");
    assertThatThrownBy(() -> parse("--method", "best"))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("[GREEDY, BEAM, SAMPLE]");
  }

  private static DecodingMethod method(String... arguments) {
    return parse(arguments).settings(300).method();
  }

  private static void refused(String message, String... arguments) {
    assertThatThrownBy(() -> parse(arguments).settings(300))
        .isInstanceOf(UsageException.class)
        .hasMessage(message);
  }

  private static GenerationOptions parse(String... arguments) {
    Verb verb = new Verb();
    new CommandLine(verb)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(
            Stream.concat(Stream.of("--vocab", "v", "A <extra_id_0>."), Stream.of(arguments))
                .toArray(String[]::new));
    return verb.options;
  }
}
