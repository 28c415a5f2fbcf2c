package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.faults.Fault;
import io.sparkswitch.jobs.faults.FaultJar;
import io.sparkswitch.jobs.packaging.Built;
import io.sparkswitch.jobs.packaging.ProgramOutput;
import io.sparkswitch.jobs.packaging.RunningProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A training of the tiny Switch model in real processes, to which a plan's faults happen. */
final class FaultyRun {
  static final Duration SUSPECT_AFTER = Duration.ofSeconds(2);

  private static final Duration BOUND = Duration.ofMinutes(10);
  private static final Pattern CONTINUED = Pattern.compile("Continuing from .*/step-(\\d+)\\.");

  /** What may be in a run folder, whatever happened to the run. */
  private static final Pattern PROPER =
      Pattern.compile(
          "\\.?(config\\.conf|provenance\\.json|status\\.json|metrics\\.jsonl)(\\.crc)?"
              + "|events\\.out\\.tfevents\\.\\d{10}\\.attempt-\\d{3}"
              + "|checkpoints/(_attempts/\\.?\\d+(\\.crc)?"
              + "|step-\\d{8}/\\.?(dense|experts-\\d{3}-of-\\d{3})-attempt-\\d{3}\\.safetensors(\\.crc)?"
              + "|step-\\d{8}/\\.?manifest-\\d{3}\\.json(\\.crc)?)");

  private final TrainedRun run;
  private final RunningProgram driver;
  private final Path notes;
  private final Map<String, Long> told = new LinkedHashMap<>();
  private final Thread clock = new Thread(this::readClock, "faulty-run-clock");

  private FaultyRun(TrainedRun run, RunningProgram driver, Path notes) {
    this.run = run;
    this.driver = driver;
    this.notes = notes;
    clock.setDaemon(true);
    clock.start();
  }

  /** Starts a training on two executors in folder {@code out}. */
  static FaultyRun start(TinyJourney journey, String out, List<Fault> faults, String... more)
      throws IOException {
    Path jar = FaultJar.write(journey.at(out + "-faults.jar"));
    Path notes = journey.at(out + "-notes");
    List<String> verb =
        TinyJourney.with(
            journey.pretrain("switch", out),
            "--set",
            "gang.suspect-after=%ds".formatted(SUSPECT_AFTER.toSeconds()));
    RunningProgram driver =
        journey.start(
            2,
            TinyJourney.with(verb, more),
            "--jars",
            jar.toString(),
            "--conf",
            Fault.PLAN + "=" + Fault.toText(faults),
            "--conf",
            Fault.NOTES + "=" + notes,
            "--conf",
            "spark.decommission.enabled=" + faults.stream().anyMatch(FaultyRun::sparkDecommissions),
            "--conf",
            Fault.RUN + "=" + journey.path(out));
    return new FaultyRun(journey.run(out), driver, notes);
  }

  private static boolean sparkDecommissions(Fault fault) {
    return fault.kind() == Fault.Kind.DECOMMISSION;
  }

  /** Notes when each sentence of the driver is first seen. */
  private void readClock() {
    while (driver.handle().isAlive()) {
      look();
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    look();
  }

  private void look() {
    synchronized (told) {
      driver
          .output()
          .lines()
          .filter(line -> line.startsWith("Lost ") || line.startsWith("Attempt "))
          .forEach(line -> told.putIfAbsent(line, System.currentTimeMillis()));
    }
  }

  RunningProgram driver() {
    return driver;
  }

  TrainedRun run() {
    return run;
  }

  ProgramOutput await() throws InterruptedException {
    ProgramOutput result = driver.await(BOUND);
    clock.join();
    return result;
  }

  /** When each fault happened, milliseconds since 1970, in order. */
  Map<Fault, Long> happened() throws IOException {
    Map<Fault, Long> all = new LinkedHashMap<>();
    for (String line : Files.readAllLines(notes)) {
      String[] words = line.split(" ");
      all.put(Fault.of(words[0]).get(0), Long.parseLong(words[1]));
    }
    return all;
  }

  /** The first sentence that tells of a fault, and how long after it. */
  Map.Entry<String, Duration> detection(Fault fault) throws IOException {
    long at = happened().get(fault);
    synchronized (told) {
      return told.entrySet().stream()
          .filter(entry -> entry.getValue() >= at)
          .findFirst()
          .map(entry -> Map.entry(entry.getKey(), Duration.ofMillis(entry.getValue() - at)))
          .orElseThrow(
              () -> new AssertionError("nothing told of " + fault + "\n" + driver.output()));
    }
  }

  /**
   * From which step the run went on after each attempt but the last: where the next one did not get
   * so far, the one after it; 0 where it began anew.
   */
  List<Long> continuedFrom() {
    String[] attempts = driver.output().split("\nAttempt \\d+ ended");
    LinkedList<Long> steps = new LinkedList<>();
    for (int i = attempts.length - 1; i > 0; i--) {
      Matcher matcher = CONTINUED.matcher(attempts[i]);
      boolean trained = attempts[i].contains("\nstep ");
      long later = trained || steps.isEmpty() ? 0 : steps.getFirst();
      steps.addFirst(matcher.find() ? Long.parseLong(matcher.group(1)) : later);
    }
    return steps;
  }

  /** How long after a fault its run's last process ended. */
  Duration allEndedAfter(Fault fault) throws IOException {
    String home = "spark-runs/" + driver.handle().pid();
    Awaitility.await("the end of every process of the run")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> processesOf(home).isEmpty());
    return Duration.ofMillis(System.currentTimeMillis() - happened().get(fault));
  }

  /** No process of the run, no folder that it worked in, no file that does not belong. */
  void assertNothingIsLeft() throws IOException {
    String home = "spark-runs/" + driver.handle().pid();
    Awaitility.await("the end of every process of the run")
        .atMost(Duration.ofSeconds(30))
        .until(() -> processesOf(home).isEmpty());
    // Temporary files, unpacked jars and executors' own are in it.
    Awaitility.await("the end of " + home)
        .atMost(Duration.ofSeconds(30))
        .until(() -> !Files.exists(Built.root().resolve("target").resolve(home)));
    try (Stream<Path> files = Files.walk(run.folder())) {
      assertThat(
              files
                  .filter(Files::isRegularFile)
                  .map(file -> run.folder().relativize(file).toString()))
          .allMatch(name -> PROPER.matcher(name).matches());
    }
    assertThat(uncommitted()).as("shards of no checkpoint").isEmpty();
  }

  private List<Path> uncommitted() throws IOException {
    try (Stream<Path> files = Files.walk(run.folder().resolve("checkpoints"))) {
      List<Path> lost = new ArrayList<>();
      for (Path shard : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        try (Stream<Path> siblings = Files.list(shard.getParent())) {
          boolean named = false;
          for (Path manifest :
              siblings.filter(f -> f.getFileName().toString().startsWith("manifest-")).toList()) {
            named |= Files.readString(manifest).contains(shard.getFileName().toString());
          }
          if (!named) {
            lost.add(shard);
          }
        }
      }
      return lost;
    }
  }

  private static List<Path> processesOf(String home) throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(process -> process.getFileName().toString().matches("\\d+"))
          .filter(process -> environment(process).contains(home))
          .toList();
    }
  }

  private static String environment(Path process) {
    try {
      return Arrays.toString(
          new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.ISO_8859_1)
              .split("\0"));
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      return ""; // it ended, or is not ours to look at
    }
  }
}
