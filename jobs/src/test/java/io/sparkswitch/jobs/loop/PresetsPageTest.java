package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.Presets;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.t5.PaperFlops;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The page of all presets is written from their records, and never by hand. */
class PresetsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "reference", "presets.md");
  private static final String WRITE = "sparkswitch.write.docs";
  private static final String COMMAND =
      "./mvnw -pl jobs -am test -Dtest=PresetsPageTest -Dsurefire.failIfNoSpecifiedTests=false -D"
          + WRITE;

  @Test
  void thePageSaysWhatTheRecordsSay() throws IOException {
    String page = page();
    if (System.getProperty(WRITE) != null) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE).as("write it with: " + COMMAND).exists();
    assertThat(Files.readString(PAGE)).as("write it anew with: " + COMMAND).isEqualTo(page);
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Presets

            The architectures in the jar, taken with `--set preset=NAME` or `preset = NAME` in a file. Each is a file of
            `conf/presets`, which says where it comes from. `submit/sparkswitch plan --set preset=NAME` tells what one needs.

            - **Parameters** have the rows of embedding that `vocab.pieces` asks for. **A token meets** everything but the
              experts it is not sent to.
            - **paperFlops** of a sequence of %d + %d tokens: the count of the Switch paper's Table 9, without routers.
              **gemmFlops** of a token of it: every matrix product forward, routers too; what benchmarks divide by.
            - Table 9 of the paper states widths and counts that do not go together: `t5-1.1-large` and `switch-large-table9`
              have its widths, `t5-large` and `switch-large` its counts. Its Switch-XXL has 64 experts and the count of 128.

            | preset | d_model | d_ff | heads × d_kv | layers | feed-forward | experts | parameters | a token meets | paperFlops | gemmFlops |
            |---|---|---|---|---|---|---|---|---|---|---|
            """
                .formatted(PaperFlops.INPUTS, PaperFlops.TARGETS));
    Presets.names().forEach(name -> page.append(row(name)));
    return page.append("\nWritten from the records by\n```\n%s\n```\n".formatted(COMMAND))
        .toString();
  }

  private static String row(String name) {
    RunConfig run = ConfigLoader.load(Optional.empty(), List.of("preset=" + name));
    T5Config config =
        Architecture.of(run, new VocabularySpec(run.vocab().pieces(), "planned").rows());
    Plan plan = new Plan(config, run, 1);
    return String.format(
        Locale.ROOT,
        "| `%s` | %,d | %,d | %d × %d | %d + %d | %s, %s | %s | %s | %s | %s | %s |%n",
        name,
        config.width().embed(),
        config.width().mlp(),
        config.width().heads(),
        config.width().headDim(),
        config.encoderLayers(),
        config.decoderLayers(),
        config.conventions().feedForward() == FeedForwardKind.RELU ? "ReLU" : "gated GELU",
        config.conventions().tiedOutput() ? "tied" : "untied",
        experts(config),
        Magnitude.inWords((double) config.parameters()),
        Magnitude.inWords((double) plan.activeParameters()),
        Magnitude.inWords((double) config.paperFlops(PaperFlops.INPUTS, PaperFlops.TARGETS)),
        Magnitude.inWords(plan.flopsPerToken(PaperFlops.INPUTS, PaperFlops.TARGETS)));
  }

  private static String experts(T5Config config) {
    return config
        .sparse()
        .map(
            sparse ->
                String.format(
                    Locale.ROOT,
                    "%,d in %d + %d%s",
                    sparse.experts(),
                    sparse.blocks().encoder().size(),
                    sparse.blocks().decoder().size(),
                    sparse.training().selection().expertsPerToken() > 1 ? ", top-2" : ""))
        .orElse("–");
  }
}
