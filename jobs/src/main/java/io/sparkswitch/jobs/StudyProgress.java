package io.sparkswitch.jobs;

import java.io.Writer;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * What the verbs of a study say, as much of it as a person wants to see: how the trainings get on,
 * now and then.
 *
 * <p>Concurrency: safe from any thread.
 */
final class StudyProgress extends Writer {
  private static final long PAUSE = Duration.ofSeconds(20).toNanos();

  private final Consumer<String> say;
  private final StringBuilder line = new StringBuilder();
  private long said = System.nanoTime();

  StudyProgress(Consumer<String> say) {
    this.say = say;
  }

  @Override
  public synchronized void write(char[] text, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (text[i] == '\n') {
        ended(line.toString().strip());
        line.setLength(0);
      } else {
        line.append(text[i]);
      }
    }
  }

  private void ended(String text) {
    long now = System.nanoTime();
    if (text.startsWith("step ") && now - said >= PAUSE) {
      said = now;
      say.accept("  " + text);
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
