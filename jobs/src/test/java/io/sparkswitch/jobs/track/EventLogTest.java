package io.sparkswitch.jobs.track;

import static io.sparkswitch.jobs.track.StepMetricsTest.metrics;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.jobs.EventFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog.SessionStatus;
import org.tensorflow.proto.Summary;

class EventLogTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05.250Z"), ZoneOffset.UTC);
  private static final double SECONDS = 1767323045.25;

  @TempDir Path folder;

  @Test
  void tensorFlowReadsBackWhatWasWritten() throws IOException {
    StepMetrics metrics = metrics(10, 4.5);
    try (EventLog log = EventLog.continueAfter(local(), 3, 0, CLOCK)) {
      log.append(metrics);
    }

    List<Event> events = read(onlyFile());

    assertThat(onlyFile().getFileName()).hasToString("events.out.tfevents.1767323045.attempt-003");
    assertThat(events).hasSize(3).allMatch(event -> event.getWallTime() == SECONDS);
    assertThat(events.get(0).getFileVersion()).isEqualTo("brain.Event:2");
    assertThat(events.get(1).getSessionLog().getStatus()).isEqualTo(SessionStatus.START);
    assertThat(events.get(1).getStep()).isEqualTo(1);
    assertThat(events.get(2).getStep()).isEqualTo(10);
    Map<String, Double> scalars = metrics.scalars();
    List<Summary.Value> values = events.get(2).getSummary().getValueList();
    assertThat(values).hasSameSizeAs(scalars.keySet()).hasSizeGreaterThan(4);
    assertThat(values)
        .allSatisfy(
            value ->
                assertThat(value.getSimpleValue())
                    .as(value.getTag())
                    .isEqualTo(scalars.get(value.getTag()).floatValue()));
  }

  /** The reader above compares nothing if it accepts this. */
  @Test
  void theReaderOfTheseTestsRefusesADamagedFile() throws IOException {
    try (EventLog log = EventLog.continueAfter(local(), 0, 0, CLOCK)) {
      log.append(metrics(10, 4.5));
    }
    byte[] bytes = Files.readAllBytes(onlyFile());
    bytes[bytes.length - 10] ^= 1;

    assertThatThrownBy(() -> EventFiles.read(new ByteArrayInputStream(bytes)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void intervalsCanBeReadWhileTheRunGoesOn() throws IOException {
    try (EventLog log = EventLog.continueAfter(local(), 0, 0, CLOCK)) {
      log.append(metrics(10, 5));
      assertThat(EventFiles.scalar(folder, "loss")).containsOnlyKeys(10L);
      log.append(metrics(20, 4));
      assertThat(EventFiles.scalar(folder, "loss")).containsOnlyKeys(10L, 20L);
    }
  }

  @Test
  void aContinuedRunHasAFileOfItsOwnThatTakesBackWhatIsDoneAgain() throws IOException {
    try (EventLog first = EventLog.continueAfter(local(), 0, 0, CLOCK)) {
      first.append(metrics(10, 5));
      first.append(metrics(20, 4));
      first.append(metrics(30, 3));
    }
    Clock later = Clock.offset(CLOCK, java.time.Duration.ofHours(1));
    try (EventLog second = EventLog.continueAfter(local(), 1, 20, later)) {
      second.append(metrics(25, 2.5));
    }

    assertThat(EventFiles.in(folder)).hasSize(2);
    assertThat(EventFiles.scalar(folder, "loss"))
        .containsExactly(Map.entry(10L, 5f), Map.entry(20L, 4f), Map.entry(25L, 2.5f));
  }

  @Test
  void clearingRemovesAllOfThemAndNothingElse() throws IOException {
    EventLog.continueAfter(local(), 0, 0, CLOCK).close();
    EventLog.continueAfter(local(), 1, 0, CLOCK).close();
    Path other = Files.writeString(folder.resolve("metrics.jsonl"), "");

    EventLog.clear(local());

    assertThat(EventFiles.in(folder)).isEmpty();
    assertThat(other).exists();
  }

  @Test
  void clearingWhereThereIsNoFolderIsNoError() throws IOException {
    EventLog.clear(OutputFolder.of(folder.resolve("none").toString(), new Configuration()));

    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Tag("long")
  @Test
  void hdfsShowsEachIntervalBeforeTheFileIsClosed() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    try (MiniDFSCluster hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build()) {
      FileSystem files = hdfs.getFileSystem();
      OutputFolder run = OutputFolder.of(files.getUri() + "/run", conf);
      try (EventLog log = EventLog.continueAfter(run, 0, 0, CLOCK)) {
        log.append(metrics(10, 5));

        String name = run.names("events").get(0);
        try (InputStream in = files.open(new org.apache.hadoop.fs.Path(run.uri(name)))) {
          assertThat(EventFiles.read(in)).extracting(Event::getStep).containsExactly(0L, 1L, 10L);
        }
      }
    }
  }

  private OutputFolder local() throws IOException {
    return OutputFolder.of(folder.toString(), new Configuration());
  }

  private Path onlyFile() throws IOException {
    assertThat(EventFiles.in(folder)).hasSize(1);
    return EventFiles.in(folder).get(0);
  }

  private static List<Event> read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return EventFiles.read(in);
    }
  }
}
