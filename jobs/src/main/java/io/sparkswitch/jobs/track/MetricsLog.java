package io.sparkswitch.jobs.track;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code metrics.jsonl} of a run folder: one line an interval, each step once. An attempt that
 * continues from a checkpoint drops the lines after it, which an earlier attempt wrote and which
 * will be written again.
 *
 * <p>On a local disk lines are appended as they come. Other file systems cannot append everywhere:
 * there the file is written anew, at most every ten seconds, and when the log is closed.
 *
 * <p>Concurrency: one thread, in the driver.
 */
public final class MetricsLog implements AutoCloseable {
  public static final String FILE = "metrics.jsonl";

  private static final long REWRITE_EVERY = Duration.ofSeconds(10).toNanos();

  private final OutputFolder folder;
  private final List<String> lines;
  private final boolean appends;
  private long lastWrite;
  private boolean pending;

  private MetricsLog(OutputFolder folder, List<String> lines) {
    this.folder = folder;
    this.lines = lines;
    this.appends = folder.local(FILE).isPresent();
  }

  /**
   * Opens the log of a run that continues after a step.
   *
   * @param step the last step that counts; 0 starts the log anew
   */
  public static MetricsLog continueAfter(OutputFolder folder, long step) throws IOException {
    List<String> kept = new ArrayList<>();
    for (StepMetrics metrics : read(folder)) {
      if (metrics.step() <= step) {
        kept.add(metrics.toJson());
      }
    }
    MetricsLog log = new MetricsLog(folder, kept);
    log.rewrite();
    return log;
  }

  /** All intervals so far; a last line that was cut off in writing is left out. */
  public static List<StepMetrics> read(OutputFolder folder) throws IOException {
    String text = folder.read(FILE).orElse("");
    int end = text.lastIndexOf('\n') + 1;
    return text.substring(0, end)
        .lines()
        .filter(line -> !line.isBlank())
        .map(StepMetrics::fromJson)
        .toList();
  }

  public void append(StepMetrics metrics) throws IOException {
    String line = metrics.toJson();
    if (appends) {
      Files.write(
          folder.local(FILE).orElseThrow(),
          (line + "\n").getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      return;
    }
    lines.add(line);
    pending = true;
    if (System.nanoTime() - lastWrite >= REWRITE_EVERY) {
      rewrite();
    }
  }

  @Override
  public void close() throws IOException {
    if (pending) {
      rewrite();
    }
  }

  private void rewrite() throws IOException {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    folder.write(FILE, text.toString());
    lastWrite = System.nanoTime();
    pending = false;
  }
}
