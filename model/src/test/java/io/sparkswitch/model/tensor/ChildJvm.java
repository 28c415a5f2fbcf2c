package io.sparkswitch.model.tensor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs a main class of the tests in a JVM of its own, and looks at a process's memory. */
public final class ChildJvm {
  private static final Pattern VARIABLE =
      Pattern.compile("((?:MALLOC|OMP|OPENBLAS)_[A-Z_]+)=\\$\\{\\1:-(\\d+)\\}");

  private final Class<?> main;
  private final List<String> options = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();

  private ChildJvm(Class<?> main) {
    this.main = main;
    environment.put("OMP_NUM_THREADS", "1"); // a second thread's waits cost more than it computes
  }

  /** With the JVM's defaults and this process's environment, but one thread of libtorch's. */
  public static ChildJvm of(Class<?> main) {
    return new ChildJvm(main);
  }

  public ChildJvm options(String... more) {
    options.addAll(List.of(more));
    return this;
  }

  /** With a malloc that gives every tensor's pages back at once: what is resident is what lives. */
  public ChildJvm givingMemoryBack() {
    environment.put("MALLOC_MMAP_THRESHOLD_", "65536");
    environment.put("MALLOC_MMAP_MAX_", "1000000");
    return this;
  }

  /** With the threads and the malloc that {@code submit/sparkswitch} sets. */
  public ChildJvm asLaunched() {
    Path launcher = Path.of(System.getProperty("sparkswitch.root"), "submit", "sparkswitch");
    try {
      Matcher matcher = VARIABLE.matcher(Files.readString(launcher));
      while (matcher.find()) {
        environment.put(matcher.group(1), matcher.group(2));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + launcher, e);
    }
    if (environment.size() < 6) {
      throw new IllegalStateException("%s sets %s alone".formatted(launcher, environment));
    }
    return this;
  }

  /** How a child ended, and the lines it printed. */
  public record Ending(int exitCode, List<String> lines) {
    /** The number that the child printed as {@code name number}. */
    public long number(String name) {
      return lines.stream()
          .filter(line -> line.startsWith(name + " "))
          .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no %s in %s".formatted(name, lines)));
    }
  }

  /** Waits for the child, which is killed after {@code seconds}. */
  public Ending run(int seconds, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    List<String> lines = new ArrayList<>();
    Thread reader = new Thread(() -> read(process, lines));
    reader.start();
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        throw new IllegalStateException("%s ran for %d s: %s".formatted(main, seconds, lines));
      }
      reader.join();
      return new Ending(process.exitValue(), lines);
    } finally {
      process.destroyForcibly();
    }
  }

  private static void read(Process process, List<String> lines) {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      out.lines().forEach(lines::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes in memory of this process now. */
  public static long resident() {
    return status("VmRSS");
  }

  /** Most bytes in memory since {@link #resetPeak}. */
  public static long peak() {
    return status("VmHWM");
  }

  public static void resetPeak() {
    try {
      Files.writeString(Path.of("/proc/self/clear_refs"), "5");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long status(String key) {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(key + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
