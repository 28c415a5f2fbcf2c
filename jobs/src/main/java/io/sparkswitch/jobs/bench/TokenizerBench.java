package io.sparkswitch.jobs.bench;

import io.sparkswitch.data.source.Corpus;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.SourceRecord;
import io.sparkswitch.data.source.Split;
import io.sparkswitch.data.source.read.CorpusReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;

/** Text to ids alone, over a corpus's texts in memory. */
final class TokenizerBench {
  private static final double MEGABYTE = 1e6;
  private static final int MINUTES = 10;

  /** Text to ids. */
  interface Encoding {
    int[] encode(String text);
  }

  private final List<String> texts;
  private final double megabytes;

  private TokenizerBench(List<String> texts, double megabytes) {
    this.texts = texts;
    this.megabytes = megabytes;
  }

  /** Reads the training texts of a corpus, all of them. */
  static TokenizerBench of(String corpus, Configuration conf) {
    List<String> texts = new ArrayList<>();
    long bytes = 0;
    for (CorpusFile file : Corpus.files(corpus, conf, Split.TRAIN)) {
      try (CorpusReader reader = CorpusReader.open(file, conf)) {
        while (reader.hasNext()) {
          if (reader.next() instanceof SourceRecord.Kept kept) {
            texts.add(kept.document().text());
            bytes += kept.document().text().getBytes(StandardCharsets.UTF_8).length;
          }
        }
      }
    }
    return new TokenizerBench(texts, bytes / MEGABYTE);
  }

  /** Of all texts, in UTF-8. */
  double megabytes() {
    return megabytes;
  }

  /** Megabytes a second, all texts once, by so many threads. */
  double rate(Encoding encoding, int threads) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    AtomicInteger next = new AtomicInteger();
    long startedAt = System.nanoTime();
    try {
      List<Future<Long>> ends = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        ends.add(pool.submit(() -> encode(encoding, next)));
      }
      for (Future<Long> end : ends) {
        end.get(MINUTES, TimeUnit.MINUTES);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the tokenizer was measured", e);
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException("the tokenizer failed or took over 10 minutes", e);
    } finally {
      pool.shutdownNow();
    }
    return megabytes / ((System.nanoTime() - startedAt) / 1e9);
  }

  private long encode(Encoding encoding, AtomicInteger next) {
    long tokens = 0;
    for (int i = next.getAndIncrement(); i < texts.size(); i = next.getAndIncrement()) {
      tokens += encoding.encode(texts.get(i)).length;
    }
    return tokens;
  }

  /**
   * Megabytes a second of the program {@code spm_encode}, which uses one thread; empty if it is not
   * installed.
   */
  Optional<Double> spmEncodeRate(byte[] model) throws IOException {
    Path folder = Files.createTempDirectory("sparkswitch-bench");
    Path file = folder.resolve("spiece.model");
    Path input = folder.resolve("text");
    try {
      Files.write(file, model);
      Files.write(
          input, (Iterable<String>) texts.stream().map(t -> t.replace('\n', ' '))::iterator);
      long startedAt = System.nanoTime();
      Process process =
          new ProcessBuilder(
                  "spm_encode",
                  "--model=" + file,
                  "--output_format=id",
                  "--output=/dev/null",
                  input.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        return Optional.empty();
      }
      return Optional.of(megabytes / ((System.nanoTime() - startedAt) / 1e9));
    } catch (IOException e) {
      return Optional.empty(); // there is no such program
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while spm_encode was measured", e);
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(input);
      Files.deleteIfExists(folder);
    }
  }
}
