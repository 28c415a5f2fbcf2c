package io.sparkswitch.jobs;

import io.sparkswitch.data.pipeline.PrepareProgress;
import io.sparkswitch.jobs.track.Console;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/** Tells on the console how a preparation goes: every few seconds, later less often. */
final class PrepareConsole implements PrepareProgress {
  private static final double MEGABYTE = 1_000_000;
  private static final double OFTEN = 1.25;
  private static final Duration FIRST = Duration.ofSeconds(5);

  private final Consumer<String> tell;
  private Duration next = FIRST;

  PrepareConsole(Consumer<String> tell) {
    this.tell = tell;
  }

  @Override
  public void say(String sentence) {
    tell.accept(sentence);
  }

  @Override
  public void at(long bytesDone, long bytes, int filesDone, int files, Duration elapsed) {
    if (elapsed.compareTo(next) < 0) {
      return;
    }
    next =
        Duration.ofMillis((long) Math.max(elapsed.toMillis() + 5000, elapsed.toMillis() * OFTEN));
    double rate = bytesDone / (elapsed.toMillis() / 1000.0);
    String left =
        bytesDone == 0
            ? "no file is done yet"
            : "ETA " + Console.duration(Duration.ofSeconds((long) ((bytes - bytesDone) / rate)));
    tell.accept(
        String.format(
            Locale.ROOT,
            "%,d of %,d files, %,.1f of %,.1f MB as stored, %,.2f MB/s, %s",
            filesDone,
            files,
            bytesDone / MEGABYTE,
            bytes / MEGABYTE,
            rate / MEGABYTE,
            left));
  }
}
