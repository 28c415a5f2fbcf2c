package io.sparkswitch.jobs;

import io.sparkswitch.jobs.loop.Architecture;
import io.sparkswitch.jobs.loop.ImportedCheckpoint;
import io.sparkswitch.model.checkpoint.ParameterFiles;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.tensor.Natives;
import io.sparkswitch.model.tensor.ParameterSpec;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = ImportedCheckpoint.VERB,
    description =
        "Makes a run folder of a Hugging Face T5 or SwitchTransformers (config.json, safetensors,"
            + " spiece.model). evaluate, generate, teach and distill read it like a trained one,"
            + " and pretrain goes on from it. Runs in this process alone.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {"", "Example: sparkswitch import --from models/switch-base-8 --out runs/base"})
final class ImportVerb extends ConfiguredVerb {
  private static final int SMALLEST_SETTING = 64;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "DIR",
      description = "folder that save_pretrained wrote, on any file system Hadoop knows")
  private String from;

  @Option(
      names = "--vocab",
      paramLabel = "DIR",
      description = "folder that the verb vocab wrote; without it the spiece.model of --from")
  private String vocabulary;

  @Mixin private OutputOptions output;

  @Override
  Optional<String> statusFolder() {
    return Optional.of(output.out());
  }

  @Override
  List<String> sections() {
    return List.of("model", "routing");
  }

  /** What the Hugging Face folder says, beneath the options. */
  @Override
  Optional<String> savedConfiguration(VerbRun run) throws IOException {
    HuggingFaceSource source = source(run);
    int pieces = source.vocabulary().pieces();
    String vocab = pieces < SMALLEST_SETTING ? "" : "vocab.pieces = %d%n".formatted(pieces);
    return Optional.of(HuggingFaceSettings.of(source.config()) + vocab);
  }

  private HuggingFaceSource source(VerbRun run) throws IOException {
    return HuggingFaceSource.open(from, Optional.ofNullable(vocabulary), run.hadoop());
  }

  @Override
  void run(VerbRun run) throws IOException {
    Natives.load();
    HuggingFaceSource source = source(run);
    T5Config architecture = Architecture.of(run.config(), source.vocabulary().rows());
    List<ParameterSpec> parameters = ImportedCheckpoint.all(architecture).toList();
    try (ParameterFiles files = ParameterFiles.of(source.folder(), parameters)) {
      Provenance provenance =
          Provenance.of(run.verb(), run.config())
              .withData(source.folder().digest())
              .withVocabulary(source.vocabulary().digest());
      Importer importer = Importer.of(run, provenance);
      if (!output.fresh() && importer.isDone()) {
        run.say("Nothing new to do: the model is there.");
      } else {
        importer.clear();
        new VocabularyRecord(
                source.vocabulary(), provenance.dataHash().orElseThrow(), provenance.toMap())
            .write(run.folder(), source.spiece());
        run.keep(provenance);
        run.progress("writing the checkpoint");
        importer.write(files, architecture);
      }
    }
    long values = parameters.stream().mapToLong(ParameterSpec::size).sum();
    run.results().put("parameters", values).put("tensors", parameters.size()).put("step", 0);
    run.say(
        "%,d parameters in %,d tensors. Next: sparkswitch generate --run %s --vocab %s …"
            .formatted(values, parameters.size(), run.folder().uri(), run.folder().uri()));
  }
}
