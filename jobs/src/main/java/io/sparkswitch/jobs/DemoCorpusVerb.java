package io.sparkswitch.jobs;

import io.sparkswitch.data.demo.DemoCorpus;
import io.sparkswitch.data.demo.DemoCorpusSummary;
import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.jobs.conf.DemoCorpusSettings;
import io.sparkswitch.jobs.exit.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "demo-corpus",
    description =
        "Writes short English stories over a fixed world in C4's own format and layout; the same"
            + " seed writes the same stories. Real C4 files need none of this.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {"", "Example: sparkswitch demo-corpus --out runs/demo/corpus"})
final class DemoCorpusVerb extends ConfiguredVerb {
  private static final String FILES = "en";
  private static final String MANIFEST = "demo-corpus.json";

  @Mixin private OutputOptions output;

  @Override
  Optional<String> statusFolder() {
    return Optional.of(output.out());
  }

  @Override
  List<String> sections() {
    return List.of("demo-corpus");
  }

  @Override
  void run(VerbRun run) throws IOException {
    // Files without the manifest are not ours to delete; DemoCorpus refuses to write beside them.
    if (output.fresh() && run.folder().exists(MANIFEST)) {
      run.folder().delete(FILES);
    }
    DemoCorpusSummary summary = write(run);
    String digests =
        summary.files().stream()
            .map(DemoCorpusSummary.CorpusFile::sha256)
            .collect(Collectors.joining("\n"));
    String dataHash = Digests.of(digests.getBytes(StandardCharsets.UTF_8));
    run.keep(Provenance.of(run.verb(), run.config()).withData(dataHash));
    run.say(
        "%s holds %,d stories, %.1f MB of text, in %d files."
            .formatted(
                run.folder().uri(),
                summary.documents(),
                summary.bytes() / 1e6,
                summary.files().size()));
    run.results().put("folder", run.folder().uri()).put("documents", summary.documents());
    run.results().put("bytes", summary.bytes()).put("files", summary.files().size());
    run.results().put("dataHash", dataHash);
  }

  private static DemoCorpusSummary write(VerbRun run) {
    DemoCorpusSettings settings = run.config().demoCorpus();
    try {
      return DemoCorpus.write(
          run.folder().uri(),
          run.hadoop(),
          new io.sparkswitch.data.demo.DemoCorpusSettings(
              settings.seed(),
              settings.megabytes(),
              settings.trainFiles(),
              settings.validationMegabytes()));
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }
}
