package io.sparkswitch.jobs;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.exit.ExitCode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * A verb of the command line. It says where its status goes and what it does; configuration, Spark,
 * {@code status.json}, {@code --json} and the exit code are the same for all and are done here.
 */
abstract class ConfiguredVerb implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private RunOptions options;

  /** Does the work; a failure is an exception. */
  abstract void run(VerbRun run) throws Exception;

  /** The folder whose {@code status.json} tells how the verb ends; empty if it writes nothing. */
  Optional<String> statusFolder() {
    return Optional.empty();
  }

  /**
   * Whether the status folder is another verb's, which this one only adds to: it is then not
   * created, and the status goes beside that verb's.
   */
  boolean isGuest() {
    return false;
  }

  /** The configuration of the run that the verb reads, beneath the options; empty for none. */
  Optional<String> savedConfiguration(VerbRun run) throws IOException {
    return Optional.empty();
  }

  /**
   * What the process returns after the work is done; only a verb whose user asks for it differs.
   */
  int codeWhenDone() {
    return ExitCode.DONE.code();
  }

  /** Whether executors train together, which needs all of them from start to end. */
  boolean needsGang() {
    return false;
  }

  /** Whether no other process may write to the status folder meanwhile. */
  boolean worksAlone() {
    return needsGang() && !isGuest();
  }

  /** What every verb takes. */
  final RunOptions options() {
    return options;
  }

  /** The sections of the configuration that the verb uses and prints; empty for all of them. */
  List<String> sections() {
    return List.of();
  }

  @Override
  public final Integer call() throws Exception {
    SparkConf spark = new SparkConf();
    SparkSetup.common(spark, spec.name(), System.getenv());
    try (VerbRun run = VerbRun.start(this, spec, spark)) {
      try {
        RunConfig config = options.load(savedConfiguration(run));
        if (needsGang()) {
          SparkSetup.gang(spark, config.training().threadsPerExecutor(), run::say);
        }
        run.configured(config, sections());
        run(run);
        run.end(ExitCode.DONE, "done", options.json());
      } catch (Exception | Error failure) {
        run.endSuppressing(failure, options.json());
        throw failure;
      }
    }
    return codeWhenDone();
  }
}
