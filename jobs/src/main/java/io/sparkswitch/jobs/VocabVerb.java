package io.sparkswitch.jobs;

import io.sparkswitch.data.pipeline.vocabulary.CorpusVocabulary;
import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.data.source.Corpus;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.source.Split;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.data.token.normalise.Normalisation;
import io.sparkswitch.data.token.train.TextSettings;
import io.sparkswitch.data.token.train.UnigramSettings;
import io.sparkswitch.data.token.train.UnigramTrainer;
import io.sparkswitch.data.token.train.WordCount;
import io.sparkswitch.jobs.conf.VocabSettings;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.track.OutputFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "vocab",
    description =
        "Trains a SentencePiece unigram vocabulary on a corpus, or takes one that exists. Writes"
            + " spiece.model and vocabulary.json.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "Example: sparkswitch vocab --corpus runs/demo/corpus --out runs/demo/vocab"
          + " --set vocab.pieces=2048"
    })
final class VocabVerb extends ConfiguredVerb {
  @Mixin private OutputOptions output;

  @ArgGroup(multiplicity = "1")
  private Source source;

  private static final class Source {
    @Option(
        names = "--corpus",
        paramLabel = "FOLDER",
        description = "folder of C4, mC4, JSON lines, Parquet, text or WET files to train on")
    private String corpus;

    @Option(
        names = "--model",
        paramLabel = "FILE",
        description = "a SentencePiece model with T5's ids to take as it is, such as spiece.model")
    private String model;
  }

  @Override
  Optional<String> statusFolder() {
    return Optional.of(output.out());
  }

  @Override
  List<String> sections() {
    return List.of("vocab");
  }

  @Override
  void run(VerbRun run) throws IOException {
    if (source.model != null) {
      byte[] model = given(run);
      String digest = VocabularyRecord.load(model, source.model).digest();
      if (!isThere(run, digest)) {
        keep(run, model, digest);
      }
      return;
    }
    VocabSettings settings = run.config().vocab();
    List<CorpusFile> files = CorpusInput.files(source.corpus, run.hadoop(), Split.TRAIN);
    Corpus.remarks(source.corpus, run.hadoop()).forEach(run::say);
    String madeFrom = Digests.of((files + "\n" + settings).getBytes(StandardCharsets.UTF_8));
    if (!isThere(run, madeFrom)) {
      keep(run, train(run, files, settings), madeFrom);
    }
  }

  private static byte[] train(VerbRun run, List<CorpusFile> files, VocabSettings settings) {
    JavaSparkContext spark = run.spark();
    run.phase("counting words");
    run.progress("counting the words of %d files".formatted(files.size()));
    UnigramSettings training = training(settings);
    List<WordCount> words =
        CorpusVocabulary.countWords(spark, files, training.text(), settings.languageExponent());
    run.progress(
        "training %,d pieces on %,d distinct words".formatted(settings.pieces(), words.size()));
    try {
      return UnigramTrainer.train(words, training);
    } catch (IllegalArgumentException e) {
      throw new UsageException("vocab: " + e.getMessage(), e);
    }
  }

  private static UnigramSettings training(VocabSettings settings) {
    TextSettings text =
        new TextSettings(
            Normalisation.of(settings.normalisation()),
            settings.characterCoverage(),
            settings.maxWords(),
            settings.longestWord());
    UnigramSettings training = UnigramSettings.of(settings.pieces()).with(text);
    return settings.byteFallback() ? training.withByteFallback() : training;
  }

  private byte[] given(VerbRun run) throws IOException {
    return OutputFolder.folderOf(source.model, run.hadoop())
        .readBytes(new Path(source.model).getName())
        .orElseThrow(
            () -> new InputException("--model %s: there is no such file".formatted(source.model)));
  }

  /** Whether the folder already holds just this vocabulary. */
  private boolean isThere(VerbRun run, String madeFrom) throws IOException {
    if (output.fresh()) {
      return false;
    }
    Optional<String> text = run.folder().read(VocabularyRecord.FILE);
    if (text.isEmpty()) {
      return false;
    }
    String where = run.folder().uri(VocabularyRecord.FILE);
    VocabularyRecord record = VocabularyRecord.fromJson(text.get(), where);
    if (!record.madeFrom().equals(madeFrom)) {
      throw new UsageException(
          "%s holds a vocabulary made from another corpus or with other settings: use --fresh to replace it, or another --out"
              .formatted(output.out()));
    }
    VocabularyRecord.model(output.out(), record.spec(), run.hadoop());
    run.say("Nothing new to do: the vocabulary is there.");
    describe(run, record);
    return true;
  }

  private static void keep(VerbRun run, byte[] model, String madeFrom) throws IOException {
    VocabularySpec spec = VocabularyRecord.load(model, "the trained model");
    Provenance provenance =
        Provenance.of(run.verb(), run.config()).withData(madeFrom).withVocabulary(spec.digest());
    VocabularyRecord record = new VocabularyRecord(spec, madeFrom, provenance.toMap());
    record.write(run.folder(), model);
    run.keep(provenance);
    describe(run, record);
  }

  private static void describe(VerbRun run, VocabularyRecord record) {
    VocabularySpec spec = record.spec();
    String model = run.folder().uri(VocabularyRecord.MODEL);
    run.say(
        "%s: %,d pieces, %,d ids with sentinels, %,d embedding rows, digest %.12s"
            .formatted(model, spec.pieces(), spec.size(), spec.rows(), spec.digest()));
    run.results().put("model", model).put("pieces", spec.pieces()).put("size", spec.size());
    run.results().put("rows", spec.rows()).put("digest", spec.digest());
  }
}
