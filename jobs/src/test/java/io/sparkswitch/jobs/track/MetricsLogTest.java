package io.sparkswitch.jobs.track;

import static io.sparkswitch.jobs.track.StepMetricsTest.metrics;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
  @TempDir Path folder;

  /** A file system that is not the local disk, as far as anybody can tell. */
  public static final class Elsewhere extends RawLocalFileSystem {
    @Override
    public String getScheme() {
      return "elsewhere";
    }

    @Override
    public URI getUri() {
      return URI.create("elsewhere:///");
    }
  }

  @Test
  void linesCanBeReadWhileTheRunGoesOn() throws IOException {
    OutputFolder run = local();
    MetricsLog log = MetricsLog.continueAfter(run, 0);

    log.append(metrics(10, 5));
    log.append(metrics(20, 4));

    assertThat(MetricsLog.read(run)).containsExactly(metrics(10, 5), metrics(20, 4));
  }

  @Test
  void continuedRunDropsWhatComesAfterItsCheckpoint() throws IOException {
    OutputFolder run = local();
    try (MetricsLog first = MetricsLog.continueAfter(run, 0)) {
      first.append(metrics(10, 5));
      first.append(metrics(20, 4));
      first.append(metrics(30, 3));
    }

    try (MetricsLog second = MetricsLog.continueAfter(run, 20)) {
      second.append(metrics(30, 2.5));
    }

    assertThat(MetricsLog.read(run))
        .containsExactly(metrics(10, 5), metrics(20, 4), metrics(30, 2.5));
  }

  @Test
  void runFromTheStartEmptiesTheLog() throws IOException {
    OutputFolder run = local();
    MetricsLog.continueAfter(run, 0).append(metrics(10, 5));

    MetricsLog.continueAfter(run, 0).close();

    assertThat(MetricsLog.read(run)).isEmpty();
    assertThat(folder.resolve("metrics.jsonl")).exists();
  }

  @Test
  void lastLineThatWasCutOffIsLeftOut() throws IOException {
    OutputFolder run = local();
    MetricsLog.continueAfter(run, 0).append(metrics(10, 5));
    Files.writeString(
        folder.resolve("metrics.jsonl"), "{\"step\":20,\"lo", StandardOpenOption.APPEND);

    MetricsLog.continueAfter(run, 10).append(metrics(20, 4));

    assertThat(MetricsLog.read(run)).containsExactly(metrics(10, 5), metrics(20, 4));
  }

  @Test
  void fileSystemsWithoutAppendHaveEveryLineAtTheEnd() throws IOException {
    Configuration conf = new Configuration();
    conf.setClass("fs.elsewhere.impl", Elsewhere.class, org.apache.hadoop.fs.FileSystem.class);
    OutputFolder run = OutputFolder.of("elsewhere://" + folder, conf);
    assertThat(run.local("metrics.jsonl")).isEmpty();

    try (MetricsLog log = MetricsLog.continueAfter(run, 0)) {
      log.append(metrics(10, 5));
      log.append(metrics(20, 4));
    }
    try (MetricsLog log = MetricsLog.continueAfter(run, 10)) {
      log.append(metrics(20, 3));
    }

    assertThat(MetricsLog.read(run)).containsExactly(metrics(10, 5), metrics(20, 3));
  }

  private OutputFolder local() throws IOException {
    return OutputFolder.of(folder.toString(), new Configuration());
  }
}
