package io.sparkswitch.jobs.bench;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.data.batch.corruption.SegmentLengths;
import io.sparkswitch.data.batch.corruption.SpanCorruption;
import io.sparkswitch.data.pipeline.CorpusPreparation;
import io.sparkswitch.data.pipeline.PrepareProgress;
import io.sparkswitch.data.pipeline.PrepareRequest;
import io.sparkswitch.data.pipeline.PrepareRules;
import io.sparkswitch.data.pipeline.PrepareSummary;
import io.sparkswitch.data.pipeline.ShardOutput;
import io.sparkswitch.data.pipeline.cut.Cleaning;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.source.Split;
import io.sparkswitch.data.token.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The data path in ratios of one run: preparing from gzip JSON to Parquet beside the tokenizer
 * alone on as many cores, and the training stream beside the nano model's training. The tokenizer
 * is SentencePiece, in this process; what prepare uses, and is measured too, is our encoder, whose
 * ids are the same. In rounds, of which the fastest counts, so that both sides of a ratio meet the
 * same minutes.
 */
public final class DataBench {
  private static final int INPUTS = 128;
  private static final double NOISE = 0.15;
  private static final double SPAN = 3;
  private static final int BATCH = 16;
  private static final int TRAINING_STEPS = 30;

  private final JavaSparkContext sc;
  private final int threads;
  private final int rounds;
  private final Consumer<String> say;

  /**
   * @param sc a context whose tasks run in this process, as many at once as threads
   */
  public DataBench(JavaSparkContext sc, int threads, int rounds, Consumer<String> say) {
    this.sc = sc;
    this.threads = threads;
    this.rounds = rounds;
    this.say = say;
  }

  /**
   * What was measured; megabytes are of text in UTF-8.
   *
   * @param tokenizerMegabytesPerSecond SentencePiece alone, on all threads
   * @param encoderMegabytesPerSecond our encoder alone, on all threads
   * @param prepareMegabytesPerSecond from source files to shards, on all threads
   * @param tokenizerVersusSpmEncode SentencePiece in this process and as a program, one thread
   *     each; empty where spm_encode is not installed
   * @param streamTokensPerSecond encoder and target tokens of batches, one thread
   * @param trainingTokensPerSecond the same, that the nano model takes in training, one thread
   * @param bytesPerToken of the shards
   */
  public record DataMeasured(
      double tokenizerMegabytesPerSecond,
      double encoderMegabytesPerSecond,
      double prepareMegabytesPerSecond,
      Optional<Double> tokenizerVersusSpmEncode,
      double streamTokensPerSecond,
      double trainingTokensPerSecond,
      double bytesPerToken) {
    public double prepareVersusTokenizer() {
      return prepareMegabytesPerSecond / tokenizerMegabytesPerSecond;
    }

    public double prepareVersusEncoder() {
      return prepareMegabytesPerSecond / encoderMegabytesPerSecond;
    }

    public double encoderVersusTokenizer() {
      return encoderMegabytesPerSecond / tokenizerMegabytesPerSecond;
    }

    public double streamVersusTraining() {
      return streamTokensPerSecond / trainingTokensPerSecond;
    }
  }

  /**
   * @param corpus folder of corpus files; a hundred megabytes at most, they are read into memory
   * @param model path of the SentencePiece model
   * @param bytes the model
   */
  public DataMeasured run(String corpus, String model, byte[] bytes) throws IOException {
    Configuration conf = sc.hadoopConfiguration();
    Path out = new Path(Files.createTempDirectory("sparkswitch-bench").toUri());
    try (Vocabulary vocabulary = Vocabulary.load(bytes)) {
      TokenizerBench tokenizer = TokenizerBench.of(corpus, conf);
      double alone = 0;
      double encoder = 0;
      double whole = 0;
      PrepareSummary summary = null;
      for (int round = 0; round < rounds; round++) {
        alone = Math.max(alone, tokenizer.rate(vocabulary::encodeAtOnce, threads));
        encoder = Math.max(encoder, tokenizer.rate(vocabulary::encode, threads));
        long startedAt = System.nanoTime();
        summary = prepare(corpus, model, new Path(out, "round-" + round));
        whole = Math.max(whole, tokenizer.megabytes() / ((System.nanoTime() - startedAt) / 1e9));
        say.accept(
            line(
                "round %d: SentencePiece %.2f MB/s, our encoder %.2f MB/s, prepare %.2f MB/s",
                round, alone, encoder, whole));
      }
      Optional<Double> theirs = tokenizer.spmEncodeRate(bytes);
      Optional<Double> versus =
          theirs.map(rate -> tokenizer.rate(vocabulary::encodeAtOnce, 1) / rate);
      ShardSet shards = ShardSet.open(summary.folder(), conf);
      double stream = stream(shards);
      double training = training(shards);
      return new DataMeasured(
          alone, encoder, whole, versus, stream, training, bytesPerToken(shards.manifest()));
    } finally {
      out.getFileSystem(conf).delete(out, true);
    }
  }

  private PrepareSummary prepare(String corpus, String model, Path out) {
    int length = SegmentLengths.of(INPUTS, NOISE, SPAN).segment();
    return CorpusPreparation.prepare(
        sc,
        new PrepareRequest(
            corpus,
            Split.TRAIN,
            model,
            new PrepareRules(ShardSettings.ofLength(length), Cleaning.none(), 1, List.of()),
            new ShardOutput(out.toString(), ShardOutput.Existing.KEEP, Map.of())),
        PrepareProgress.NONE);
  }

  /** Two passes over the data, so that reading, shuffling and masking are all in it. */
  private static double stream(ShardSet shards) {
    SpanCorruption corruption =
        SpanCorruption.of(shards.manifest().vocabulary(), INPUTS, NOISE, SPAN);
    long tokens = 0;
    long steps = Math.max(1, 2 * shards.segments() / BATCH);
    long startedAt = System.nanoTime();
    try (BatchStream stream = BatchStream.training(shards, corruption, BATCH, 1)) {
      for (long step = 0; step < steps; step++) {
        Batch batch = stream.batch(step);
        tokens += (long) batch.sequences() * (batch.encoderLength() + batch.decoderLength());
      }
    }
    return tokens / ((System.nanoTime() - startedAt) / 1e9);
  }

  private static double training(ShardSet shards) throws IOException {
    int targets = SegmentLengths.of(INPUTS, NOISE, SPAN).targets();
    BenchCase nano = BenchCase.nano(shards.manifest().vocabulary().rows(), BATCH, INPUTS, targets);
    org.bytedeco.pytorch.global.torch.set_num_threads(1);
    try (StepBench bench = new StepBench(nano, nano.dense())) {
      return bench.run(TRAINING_STEPS).tokensPerSecond();
    }
  }

  private static double bytesPerToken(ShardManifest manifest) {
    long bytes = manifest.files().stream().mapToLong(ShardFile::bytes).sum();
    return (double) bytes / (manifest.totals().segments() * manifest.settings().segmentLength());
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
