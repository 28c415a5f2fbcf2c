package io.sparkswitch.jobs.packaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process of the test's own, its output in a file. */
public final class RunningProgram {
  private final Process process;
  private final Path log;

  private RunningProgram(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a program.
   *
   * @param environment added to this process's own; an empty value removes the variable
   * @param log takes standard output and standard error
   */
  static RunningProgram start(List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    environment.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            builder.environment().remove(name);
          } else {
            builder.environment().put(name, value);
          }
        });
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new RunningProgram(builder.start(), log);
  }

  /** What it has said so far. */
  public String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + log, e);
    }
  }

  /** The process, to ask for or to kill. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  /**
   * Waits for its end.
   *
   * @throws AssertionError with what it said, if it takes longer than {@code bound}; it is then
   *     ended
   */
  public ProgramOutput await(Duration bound) throws InterruptedException {
    if (!process.waitFor(bound.toSeconds(), TimeUnit.SECONDS)) {
      ProcessTree.end(process.toHandle());
      throw new AssertionError(
          "%s still ran after %d s and was ended; it said:%n%s"
              .formatted(log.getFileName(), bound.toSeconds(), output()));
    }
    return new ProgramOutput(process.exitValue(), output());
  }
}
