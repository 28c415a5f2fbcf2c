package io.sparkswitch.jobs.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * A JVM of its own for one member of a measured gang, held to one core where {@code taskset} is
 * there to do it. Lines go in and out; what it writes to its error stream shows.
 *
 * <p>Concurrency: one thread.
 */
final class BenchProcess implements AutoCloseable {
  private static final String HEAP = "-Xmx512m";
  private static final long END_SECONDS = 20;

  private final String name;
  private final Process process;
  private final BufferedReader out;

  private BenchProcess(String name, Process process) {
    this.name = name + ", process " + process.pid() + ",";
    this.process = process;
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts a class's {@code main}.
   *
   * @param core to run on, taken modulo the cores there are
   * @param environment added to this process's own, but for what that has already
   */
  static BenchProcess start(
      Class<?> main, int core, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    if (canPin()) {
      int cores = Runtime.getRuntime().availableProcessors();
      command.addAll(List.of("taskset", "-c", "" + core % cores));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(HEAP);
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
    command.addAll(List.of("-cp", classPath(main), main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    environment.forEach(builder.environment()::putIfAbsent);
    return new BenchProcess(main.getSimpleName() + " on core " + core, builder.start());
  }

  /** Spark loads the jar it was given by itself, so it is not on the class path. */
  private static String classPath(Class<?> main) {
    Set<String> parts = new LinkedHashSet<>();
    try {
      parts.add(
          Path.of(main.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("cannot tell where this program lies", e);
    }
    parts.add(System.getProperty("java.class.path"));
    return String.join(System.getProperty("path.separator"), parts);
  }

  static boolean canPin() {
    try {
      Process probe =
          new ProcessBuilder("taskset", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return probe.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void tell(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /**
   * @throws IOException if the process has ended
   */
  String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException(name + " ended without another line; its errors are above");
    }
    return line;
  }

  /** Gives the process a moment to end by itself. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      process.waitFor(END_SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      // It has ended already.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }
}
