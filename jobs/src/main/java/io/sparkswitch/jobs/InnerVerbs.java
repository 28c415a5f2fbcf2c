package io.sparkswitch.jobs;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.exit.ExitCode;
import io.sparkswitch.jobs.study.Verbs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/**
 * Verbs within another one's process, on the Spark that it has started: each does, says and leaves
 * behind what it would on the command line.
 *
 * @param out takes what they say
 */
record InnerVerbs(PrintWriter out) implements Verbs {

  @Override
  public void run(List<String> arguments, RunConfig config) throws Exception {
    Path file = Files.createTempFile("sparkswitch-", ".conf");
    try {
      Files.writeString(file, config.render());
      List<String> all = new ArrayList<>(arguments);
      all.addAll(List.of("--config", file.toString()));
      execute(all);
    } finally {
      delete(file);
    }
  }

  private void execute(List<String> arguments) throws Exception {
    List<Exception> failures = new ArrayList<>();
    CommandLine command = new CommandLine(new Main());
    command.setOut(out).setErr(out);
    command.setExecutionExceptionHandler(
        (failure, failed, parsed) -> {
          failures.add(failure);
          return ExitCode.of(failure).code();
        });
    int code = command.execute(arguments.toArray(String[]::new));
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
    if (code != ExitCode.DONE.code()) {
      throw new IllegalStateException("%s ended with %d".formatted(arguments, code));
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // A temporary file too many; the verb has read it.
    }
  }
}
