package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.pipeline.folder.Lease;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.exit.ExitCode;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.track.Console;
import io.sparkswitch.jobs.track.OutputFolder;
import io.sparkswitch.jobs.track.StatusFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Model.CommandSpec;

/** One execution of a verb: what it works with, and what it leaves. */
final class VerbRun implements AutoCloseable {
  static final String CONFIG_FILE = "config.conf";
  static final String PROVENANCE_FILE = "provenance.json";

  /** Before Spark's own hook, whose stopping of Spark looks like a failure. */
  private static final int BEFORE_SPARK = 100;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String verb;
  private final PrintWriter out;
  private final SparkConf sparkConf;
  private final Configuration hadoop;
  private final Optional<OutputFolder> folder;
  private final Optional<Lease> lease;
  private final Optional<StatusFile> status;
  private final ObjectNode results = JSON.createObjectNode();
  private final long startedAt = System.nanoTime();
  private final Thread onShutdown = new Thread(this::interrupted, "sparkswitch-interrupted");
  private RunConfig config;
  private JavaSparkContext spark;
  private boolean ownsSpark;

  private VerbRun(ConfiguredVerb verb, CommandSpec spec, SparkConf sparkConf) throws IOException {
    this.verb = spec.name();
    this.out = spec.commandLine().getOut();
    this.sparkConf = sparkConf;
    this.hadoop = SparkSetup.hadoop(sparkConf);
    Optional<String> uri = verb.statusFolder();
    this.folder =
        uri.isPresent() ? Optional.of(OutputFolder.of(uri.get(), hadoop)) : Optional.empty();
    if (folder.isPresent() && folder.get().isFile()) {
      throw new UsageException("%s is a file: give a folder".formatted(folder.get().uri()));
    }
    // Before the status: who is refused must not write that of the one at work.
    this.lease =
        folder.isPresent() && verb.worksAlone()
            ? Optional.of(acquireLease(uri.get()))
            : Optional.empty();
    this.status =
        folder.isPresent() && !(verb.isGuest() && !folder.get().exists())
            ? Optional.of(startStatus(verb.isGuest()))
            : Optional.empty();
  }

  private Lease acquireLease(String uri) throws IOException {
    try {
      return Lease.acquireWatching(
          new Path(uri),
          hadoop,
          "%s of %s".formatted(verb, System.getProperty("user.name")),
          Clock.systemUTC(),
          this::say);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the lease of " + uri);
    }
  }

  private StatusFile startStatus(boolean guest) throws IOException {
    String file = guest ? StatusFile.fileOfGuest(verb) : StatusFile.FILE;
    return StatusFile.start(folder.orElseThrow(), file, verb, Clock.systemUTC());
  }

  static VerbRun start(ConfiguredVerb verb, CommandSpec spec, SparkConf conf) throws IOException {
    VerbRun run = new VerbRun(verb, spec, conf);
    ShutdownHookManager.get().addShutdownHook(run.onShutdown, BEFORE_SPARK);
    return run;
  }

  /** Prints the effective configuration. */
  void configured(RunConfig effective, List<String> sections) {
    config = effective;
    say("Effective configuration (digest %.12s):".formatted(effective.digest()));
    say(effective.render(sections).indent(2).stripTrailing());
  }

  String verb() {
    return verb;
  }

  RunConfig config() {
    return config;
  }

  Configuration hadoop() {
    return hadoop;
  }

  /** The folder given with {@code --out}; only for verbs that have one. */
  OutputFolder folder() {
    return folder.orElseThrow();
  }

  /** The right to write to the folder; only for verbs whose executors train together. */
  Lease lease() {
    return lease.orElseThrow();
  }

  PrintWriter out() {
    return out;
  }

  /** What {@code --json} writes; the verb adds its results. */
  ObjectNode results() {
    return results;
  }

  /** Where Spark is to start, whatever was given; before it does. */
  void atMaster(String master) {
    sparkConf.set("spark.master", master);
  }

  /** Spark; it starts with the first call, unless it runs in this process already. */
  JavaSparkContext spark() {
    if (spark == null) {
      boolean runs = SparkEnv.get() != null;
      if (!runs) {
        progress("starting Spark at " + sparkConf.get("spark.master"));
      }
      spark = JavaSparkContext.fromSparkContext(SparkContext.getOrCreate(sparkConf));
      ownsSpark = !runs;
      if (ownsSpark) {
        spark.sc().setJobDescription(verb);
        spark.setLogLevel(sparkConf.get("spark.log.level", "WARN"));
      }
    }
    return spark;
  }

  /** Describes, in Spark's UI, what is begun next. */
  void phase(String what) {
    spark.sc().setJobDescription(verb + ": " + what);
  }

  /** Tells the user. */
  void say(String sentence) {
    out.println(sentence);
    out.flush();
  }

  /** Tells the user, and whoever reads {@code status.json}. */
  void progress(String sentence) {
    say(sentence);
    status.ifPresent(
        file -> {
          try {
            file.update(sentence);
          } catch (IOException e) {
            say("status.json cannot be written (%s); the work goes on".formatted(e.getMessage()));
          }
        });
  }

  /**
   * Keeps beside the artefact the configuration and where it comes from. For when all checks are
   * passed: what a refused command was given must not replace what the artefact was made with.
   */
  void keep(Provenance provenance) throws IOException {
    folder().write(CONFIG_FILE, config.render());
    folder().write(PROVENANCE_FILE, JSON.valueToTree(provenance.toMap()).toPrettyString() + "\n");
  }

  /** Writes {@code status.json} and the file of {@code --json}. */
  void end(ExitCode code, String message, Optional<String> json) throws IOException {
    if (status.isPresent()) {
      status.get().finish(code, message);
    }
    double seconds = Duration.ofNanos(System.nanoTime() - startedAt).toMillis() / 1000.0;
    if (json.isPresent()) {
      ObjectNode all = JSON.createObjectNode().put("verb", verb).put("exitCode", code.code());
      all.put("message", message).put("seconds", seconds).setAll(results);
      OutputFolder.writeFile(json.get(), all.toPrettyString() + "\n", hadoop);
    }
    if (code == ExitCode.DONE) {
      say("Done in %s.".formatted(Console.duration(Duration.ofMillis((long) (seconds * 1000)))));
    }
  }

  /** As {@link #end}, for a failure that must not be lost if writing fails as well. */
  void endSuppressing(Throwable failure, Optional<String> json) {
    try {
      end(ExitCode.of(failure), FailureText.of(failure), json);
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    if (ownsSpark) {
      spark.stop();
    }
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(onShutdown);
    }
    giveBackLease();
  }

  private void giveBackLease() {
    lease.ifPresent(
        held -> {
          try {
            held.close();
          } catch (IOException e) {
            say("the lease of %s stays: %s".formatted(folder().uri(), e.getMessage()));
          }
        });
  }

  private void interrupted() {
    try {
      if (status.isPresent()) {
        status.get().finish(ExitCode.INTERRUPTED, "interrupted; the same command continues");
      }
    } catch (IOException e) {
      say("status.json cannot be written: " + e.getMessage());
    }
    giveBackLease();
  }
}
