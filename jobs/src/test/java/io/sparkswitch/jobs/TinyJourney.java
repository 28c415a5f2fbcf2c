package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.packaging.Launcher;
import io.sparkswitch.jobs.packaging.ProgramOutput;
import io.sparkswitch.jobs.packaging.RunningProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A folder with a tiny corpus, its vocabulary and shards, and one Switch model that two executors
 * trained undisturbed; made once for all tests that take one, removed after the last.
 */
final class TinyJourney implements ExtensionContext.Store.CloseableResource, AutoCloseable {
  static final int STEPS = 60;
  static final Duration BOUND = Duration.ofMinutes(3);

  private static final String DENSE =
      """
      seed = 3
      model {
        d-model = 32, d-ff = 64, num-heads = 2, d-kv = 16
        num-encoder-layers = 2, num-decoder-layers = 2
        dropout-rate = 0.1, initialisation-scale = 1.0
      }
      routing.group-sequences = 2
      data { inputs-length = 32, row-group-segments = 64, shuffle-window-row-groups = 2 }
      training {
        steps = %d, batch-size = 8, log-every = 1, checkpoint-every = 10, keep-checkpoints = 100
        evaluate-every = 0, evaluation-batch-size = 16
      }
      optimizer { schedule = constant, peak-learning-rate = 0.02 }
      gang { startup-wait = 60s, replacement-wait = 60s }
      exchange.time-out = 60s
      vocab.pieces = 300
      demo-corpus { megabytes = 1, validation-megabytes = 0.03, train-files = 2 }
      """
          .formatted(STEPS);

  /**
   * As many slots as tokens, so that an uneven router leaves some behind; two micro-batches, which
   * two executors have in work at once.
   */
  private static final String SWITCH =
      """
      include "dense.conf"
      model { num-experts = 4, expert-every = 2, capacity-factor = 1.0, jitter-noise = 0.01 }
      training.micro-batches = 2
      """;

  private final Path folder;
  private final Path events;
  private final Launcher launcher;
  private boolean trained;

  /** Gives tests the one journey there is. */
  static final class Extension implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == TinyJourney.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.create(TinyJourney.class))
          .getOrComputeIfAbsent(TinyJourney.class, key -> new TinyJourney(), TinyJourney.class);
    }
  }

  private TinyJourney() {
    try {
      folder = Files.createTempDirectory("sparkswitch-journey-").toRealPath();
      events = Files.createTempDirectory("sparkswitch-events-").toRealPath();
      launcher = new Launcher(Files.createDirectory(folder.resolve("logs")));
      Files.writeString(folder.resolve("dense.conf"), DENSE);
      Files.writeString(folder.resolve("switch.conf"), SWITCH);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      inProcess(demoCorpus());
      inProcess(vocab());
      inProcess(prepare());
    } catch (AssertionError e) {
      close();
      throw e;
    }
  }

  List<String> demoCorpus() {
    return List.of("demo-corpus", "--out", path("corpus"), "--config", path("dense.conf"));
  }

  List<String> vocab() {
    return List.of(
        "vocab",
        "--corpus",
        path("corpus"),
        "--out",
        path("vocab"),
        "--config",
        path("dense.conf"));
  }

  List<String> prepare() {
    return List.of(
        "prepare",
        "--corpus",
        path("corpus"),
        "--vocab",
        path("vocab"),
        "--out",
        path("shards"),
        "--config",
        path("dense.conf"));
  }

  /** The command that trains in folder {@code out} with {@code out}'s kind of configuration. */
  List<String> pretrain(String kind, String out, String... more) {
    return with(
        List.of(
            "pretrain",
            "--shards",
            path("shards"),
            "--out",
            path(out),
            "--config",
            path(kind + ".conf")),
        more);
  }

  /** The command that writes the Switch model's soft targets. */
  List<String> teach(String out, String... more) {
    return withTeacher("teach", out, more);
  }

  /** The command that trains a student of the Switch model. */
  List<String> distill(String out, String... more) {
    return withTeacher("distill", out, more);
  }

  private List<String> withTeacher(String verb, String out, String... more) {
    return with(
        List.of(
            verb,
            "--teacher",
            path("switch"),
            "--shards",
            path("shards"),
            "--out",
            path(out),
            "--config",
            path("dense.conf")),
        more);
  }

  /** The command that has the Switch model fill a sentence's gaps. */
  List<String> generate(String sentence) {
    return List.of(
        "generate",
        "--run",
        path("switch"),
        "--vocab",
        path("vocab"),
        "--max-tokens",
        "8",
        sentence);
  }

  /** The Switch model's command; every step leaves a checkpoint. */
  List<String> pretrainSwitch() {
    return pretrain("switch", "switch", "--set", "training.checkpoint-every=1");
  }

  /** The run folder of the Switch model that two executors trained undisturbed. */
  synchronized TrainedRun trainedSwitch() throws Exception {
    if (!trained) {
      launch(2, Files.exists(at("switch")) ? with(pretrainSwitch(), "--fresh") : pretrainSwitch());
      trained = true;
    }
    return run("switch");
  }

  /** The same folder, for those who do not mind how many executors trained it. */
  synchronized TrainedRun anySwitch() {
    if (!Files.exists(at("switch"))) {
      inProcess(pretrainSwitch());
    }
    return run("switch");
  }

  TrainedRun run(String name) {
    return new TrainedRun(folder.resolve(name));
  }

  /** Runs a verb here, and expects it to succeed. */
  String inProcess(List<String> verb) {
    InProcess.Outcome outcome = InProcess.run(verb, eventLog());
    assertThat(outcome.code()).as(outcome.text()).isZero();
    return outcome.text();
  }

  /** Runs a verb on executors in processes of their own, and expects it to succeed. */
  String launch(int executors, List<String> verb) throws Exception {
    List<String> options = new ArrayList<>();
    eventLog().forEach((key, value) -> options.addAll(List.of("--conf", key + "=" + value)));
    ProgramOutput result = start(executors, verb, options.toArray(String[]::new)).await(BOUND);
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.output();
  }

  private Map<String, String> eventLog() {
    return Map.of(
        "spark.eventLog.enabled", "true",
        "spark.eventLog.compress", "false",
        "spark.eventLog.dir", events.toUri().toString());
  }

  /** The events that Spark logged of all that has run so far, a line each. */
  List<String> sparkEvents() throws IOException {
    List<String> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(events)) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith("events_")).toList()) {
        all.addAll(Files.readAllLines(file));
      }
    }
    return all;
  }

  RunningProgram start(int executors, List<String> verb, String... sparkOptions)
      throws IOException {
    return launcher.start(executors, verb, sparkOptions);
  }

  Path at(String name) {
    return folder.resolve(name);
  }

  String path(String name) {
    return folder.resolve(name).toString();
  }

  /** Copies a folder without the checksums that Hadoop keeps on a local disk. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(f -> !f.toString().endsWith(".crc")).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (!Files.isDirectory(copy)) {
          Files.copy(file, copy);
        }
      }
    }
  }

  static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith("." + ending)).sorted().toList();
    }
  }

  /** Waits until a program that is running has written so many files of JSON. */
  static void awaitJson(Path folder, int files, RunningProgram program) {
    Awaitility.await(files + " files in " + folder)
        .atMost(BOUND)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .failFast(
            () -> {
              if (!program.handle().isAlive()) {
                throw new IllegalStateException("it ended and had said:\n" + program.output());
              }
            })
        .until(() -> Files.isDirectory(folder) && jsonFiles(folder) >= files);
  }

  private static long jsonFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".json")).count();
    }
  }

  static List<String> with(List<String> command, String... more) {
    return Stream.concat(command.stream(), Stream.of(more)).toList();
  }

  @Override
  public void close() {
    remove(events);
    remove(folder);
  }

  private static void remove(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + folder, e);
    }
  }
}
