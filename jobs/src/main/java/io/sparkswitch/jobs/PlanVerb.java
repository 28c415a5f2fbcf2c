package io.sparkswitch.jobs;

import io.sparkswitch.data.batch.corruption.SegmentLengths;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.conf.DataSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.loop.Plan;
import io.sparkswitch.jobs.loop.StepMemory;
import io.sparkswitch.jobs.loop.StepPlan;
import io.sparkswitch.jobs.loop.StepTime.Rates;
import io.sparkswitch.jobs.track.OutputFolder;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "plan",
    description =
        "Tells what a run would need, without running it: parameters, memory, slots, bytes and operations a step,"
            + " and where it would resume. Starts no Spark and allocates no weights.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "Example: sparkswitch plan --config conf/runs/demo-switch.conf --executors 2"
          + " --out runs/demo/switch"
    })
final class PlanVerb extends ConfiguredVerb {
  private static final double MIB = 1 << 20;

  @Option(
      names = "--executors",
      defaultValue = "2",
      paramLabel = "N",
      description = "executors to plan for; gang.executors wins where it is a number")
  private int executors;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "run folder, to tell where it would resume")
  private String out;

  @Option(
      names = "--gflops",
      paramLabel = "RATE",
      description =
          "billions of floating point operations a second of an executor, as bench model tells;"
              + " without it no time is reckoned")
  private Double gflops;

  @Option(
      names = "--gigabytes-per-second",
      paramLabel = "RATE",
      description =
          "billions of bytes a second into a machine and, at once, out of it; without it no time"
              + " is reckoned")
  private Double gigabytesPerSecond;

  @Override
  List<String> sections() {
    return List.of("model", "routing", "training", "optimizer", "exchange");
  }

  @Override
  void run(VerbRun run) throws IOException {
    if (executors < 1) {
      throw new UsageException("--executors %d: give at least 1".formatted(executors));
    }
    RunConfig config = run.config();
    int size = config.gang().allExecutors() ? executors : config.gang().executors();
    VocabularySpec vocabulary = new VocabularySpec(config.vocab().pieces(), "planned");
    Plan plan = Plan.of(config, vocabulary.rows(), size);
    plan.requireGroups();
    DataSettings data = config.data();
    SegmentLengths lengths =
        SegmentLengths.of(data.inputsLength(), data.noiseDensity(), data.meanSpanLength());
    StepPlan step = new StepPlan(plan, lengths.inputs(), lengths.targets());
    step.sentences().forEach(run::say);
    rates().ifPresent(rates -> run.say(step.timeSentence(rates)));
    run.say("Slots: %d executors with a free task slot each, at once.".formatted(size));
    run.results().setAll(step.json(rates()));
    StepMemory memory = step.memory();
    run.results()
        .put("parameters", plan.parameters())
        .put("denseParameters", plan.denseParameters())
        .put("expertParameters", plan.expertParameters())
        .put("expertParametersPerExecutor", plan.expertParametersPerExecutor())
        .put("activeParameters", plan.activeParameters())
        .put(
            "paperFlopsPerSequence",
            plan.architecture().paperFlops(lengths.inputs(), lengths.targets()))
        .put("flopsPerToken", plan.flopsPerToken(lengths.inputs(), lengths.targets()))
        .put("slots", size)
        .put("driverBytesPerStep", step.driverBytes())
        .put("driverNativeMebibytes", memory.driver().outsideHeap() / MIB)
        .put("executorNativeMebibytes", memory.executor().outsideHeap() / MIB);
    if (out != null) {
      resume(run);
    }
  }

  private Optional<Rates> rates() {
    if (gflops == null && gigabytesPerSecond == null) {
      return Optional.empty();
    }
    if (gflops == null || gigabytesPerSecond == null || !(gflops > 0 && gigabytesPerSecond > 0)) {
      throw new UsageException(
          "--gflops = %s and --gigabytes-per-second = %s: give both, above 0, or neither"
              .formatted(gflops, gigabytesPerSecond));
    }
    return Optional.of(new Rates(gflops, gigabytesPerSecond));
  }

  private void resume(VerbRun run) throws IOException {
    String checkpoints = OutputFolder.of(out, run.hadoop()).uri(TrainingJob.CHECKPOINTS);
    Optional<Committed> latest = new CheckpointFolder(checkpoints, run.hadoop(), run::say).latest();
    long step = latest.map(c -> c.manifest().step()).orElse(0L);
    run.results().put("resumesAtStep", step);
    run.say(
        latest
            .map(c -> "It would resume at step %,d, from %s.".formatted(step, c.folder()))
            .orElse("It would start at step 0: %s holds no checkpoint.".formatted(checkpoints)));
  }
}
