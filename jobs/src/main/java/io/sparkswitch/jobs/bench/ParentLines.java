package io.sparkswitch.jobs.bench;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Lines between a measured process and the one that started it, from the child's side. Whatever
 * else the child prints goes to its error stream.
 *
 * <p>Concurrency: one thread.
 */
final class ParentLines {
  private final BufferedReader in;
  private final PrintStream out;

  private ParentLines(BufferedReader in, PrintStream out) {
    this.in = in;
    this.out = out;
  }

  /** Takes the standard streams; call it once, first thing in {@code main}. */
  static ParentLines take() {
    PrintStream out = System.out;
    System.setOut(System.err);
    return new ParentLines(
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), out);
  }

  /**
   * @throws EOFException if the parent has closed this side or ended
   */
  String line() throws IOException {
    String line = in.readLine();
    if (line == null) {
      throw new EOFException("the process that started this one has closed its end");
    }
    return line;
  }

  void tell(String line) {
    out.println(line);
    out.flush();
  }
}
