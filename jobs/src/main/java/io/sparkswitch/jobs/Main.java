package io.sparkswitch.jobs;

import io.sparkswitch.jobs.exit.ExitCode;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The program: {@code spark-submit --class io.sparkswitch.jobs.Main sparkswitch.jar VERB …}. */
@Command(
    name = "sparkswitch",
    description = "Pretrains Switch Transformers on Apache Spark and distils them.",
    mixinStandardHelpOptions = true,
    versionProvider = BuildInfo.class,
    synopsisSubcommandLabel = "VERB",
    subcommands = {
      DemoCorpusVerb.class,
      VocabVerb.class,
      PrepareVerb.class,
      PretrainVerb.class,
      FinetuneVerb.class,
      TeachVerb.class,
      DistillVerb.class,
      EvaluateVerb.class,
      GenerateVerb.class,
      ImportVerb.class,
      ExportVerb.class,
      PlanVerb.class,
      TraceVerb.class,
      BenchVerb.class,
      StudyVerb.class,
      ReportVerb.class
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 input missing or corrupt,",
      "4 diverged, 75 try again (executors lost, folder in use), 130 interrupted; status.json says the same.",
      "",
      "Example: sparkswitch demo-corpus --out runs/demo/corpus"
    })
public final class Main implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  @CommandLine.Spec private CommandSpec spec;

  Main() {}

  /** Runs a verb. Returns for exit code 0: YARN takes any call of System.exit for a failure. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = run(out, err, args);
    if (code != ExitCode.DONE.code()) {
      System.exit(code);
    }
  }

  /** Runs a verb and returns the exit code. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    return new CommandLine(new Main())
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler(Main::failed)
        .execute(args);
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "a verb is missing");
  }

  private static int failed(Exception failure, CommandLine command, ParseResult parsed) {
    if (ExitCode.known(failure).isEmpty()) {
      LOG.error("{} failed", command.getCommandName(), failure);
    }
    PrintWriter err = command.getErr();
    err.println("sparkswitch %s: %s".formatted(command.getCommandName(), FailureText.of(failure)));
    err.flush();
    return ExitCode.of(failure).code();
  }
}
