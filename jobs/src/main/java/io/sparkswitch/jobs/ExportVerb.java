package io.sparkswitch.jobs;

import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.data.token.train.UnigramPieces;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.loop.Architecture;
import io.sparkswitch.jobs.loop.ImportedCheckpoint;
import io.sparkswitch.jobs.track.OutputFolder;
import io.sparkswitch.model.checkpoint.HuggingFaceFolder;
import io.sparkswitch.model.checkpoint.ParameterFiles;
import io.sparkswitch.model.checkpoint.TensorSpec;
import io.sparkswitch.model.tensor.Natives;
import io.sparkswitch.model.tensor.ParameterSpec;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.global.torch.ScalarType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "export",
    description =
        "Writes a trained model as a Hugging Face folder: config.json, safetensors with an index"
            + " where they are several, and T5Tokenizer's files. The run's own configuration is the"
            + " default. Runs in this process alone.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "Example: sparkswitch export --run runs/demo/student --vocab runs/demo/vocab"
          + " --to models/student"
    })
final class ExportVerb extends TrainedModelVerb {
  @Option(
      names = "--vocab",
      paramLabel = "DIR",
      description =
          "folder that the verb vocab wrote; without it the run folder, as import fills it")
  private String vocabulary;

  @Mixin private ExportOptions export;

  @Override
  List<String> sections() {
    return List.of("model");
  }

  @Override
  void run(VerbRun run) throws IOException {
    String where = vocabularyFolder(run);
    VocabularySpec spec = VocabularyRecord.open(where, run.hadoop()).spec();
    SavedRun saved = SavedRun.open(checkpoint().run(), checkpoint().step(), run);
    saved.requireVocabulary(spec);
    byte[] spiece = VocabularyRecord.model(where, spec, run.hadoop());
    HuggingFaceFolder folder = HuggingFaceFolder.of(export.to(), run.hadoop());
    String config = configuration(run, spec);
    ExportMark mark = ExportMark.of(saved.checkpoint().manifest(), export, config);
    run.results().put("to", folder.uri()).put("step", saved.checkpoint().manifest().step());
    if (!export.fresh() && mark.isOn(folder)) {
      run.say("Nothing new to do: %s is there.".formatted(folder.uri()));
      return;
    }
    Natives.load();
    List<ParameterSpec> parameters =
        ImportedCheckpoint.all(Architecture.of(run.config(), spec.rows())).toList();
    try (ParameterFiles files = ParameterFiles.of(saved.checkpoint(), run.hadoop(), parameters)) {
      run.progress("writing %s".formatted(folder.uri()));
      folder.clear();
      List<TensorSpec> specs = files.specs(scalarType());
      List<String> written = folder.write(specs, files::read, export.maxShardBytes());
      new TokenizerFiles(spec, UnigramPieces.of(spiece))
          .write(folder, spiece, run.config().data().inputsLength());
      folder.write(ExportMark.FILE, mark.text());
      folder.write(HuggingFaceFolder.CONFIG, config);
      describe(run, specs, written);
    }
    run.say("Hugging Face folder: " + folder.uri());
  }

  private String vocabularyFolder(VerbRun run) throws IOException {
    if (vocabulary != null) {
      return vocabulary;
    }
    if (!OutputFolder.of(checkpoint().run(), run.hadoop()).exists(VocabularyRecord.FILE)) {
      throw new UsageException(
          "%s holds no vocabulary: give the one it was trained with, --vocab DIR"
              .formatted(checkpoint().run()));
    }
    return checkpoint().run();
  }

  private String configuration(VerbRun run, VocabularySpec spec) {
    try {
      return HuggingFaceTwin.of(run.config(), spec.rows()).toJson(export.dtype());
    } catch (IllegalArgumentException e) {
      throw new UsageException("this model has no Hugging Face twin: " + e.getMessage(), e);
    }
  }

  private ScalarType scalarType() {
    return export.dtype().equals("bfloat16") ? ScalarType.BFloat16 : ScalarType.Float;
  }

  private static void describe(VerbRun run, List<TensorSpec> specs, List<String> written) {
    long bytes = specs.stream().mapToLong(TensorSpec::bytes).sum();
    run.results().put("tensors", specs.size()).put("bytes", bytes);
    written.forEach(run.results().putArray("files")::add);
    run.say(
        String.format(
            Locale.ROOT,
            "%,d tensors, %,d bytes, in %s.",
            specs.size(),
            bytes,
            written.size() == 1 ? written.get(0) : written.size() + " files and their index"));
  }
}
