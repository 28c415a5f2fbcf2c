package io.sparkswitch.jobs;

import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.gang.Gang;
import io.sparkswitch.jobs.loop.Architecture;
import io.sparkswitch.jobs.loop.ImportedCheckpoint;
import io.sparkswitch.jobs.loop.ModelWorker;
import io.sparkswitch.jobs.loop.Plan;
import io.sparkswitch.jobs.loop.TeacherSpec;
import io.sparkswitch.jobs.loop.TrainingLoop;
import io.sparkswitch.jobs.loop.TrainingRun;
import io.sparkswitch.jobs.loop.WorkerSpec;
import io.sparkswitch.jobs.track.Console;
import io.sparkswitch.jobs.track.EventLog;
import io.sparkswitch.jobs.track.MetricsLog;
import io.sparkswitch.jobs.track.MetricsPlugin;
import io.sparkswitch.jobs.track.StepMetrics;
import io.sparkswitch.jobs.track.TrainingGauges;
import io.sparkswitch.jobs.track.Watch;
import io.sparkswitch.model.checkpoint.AttemptNumbers;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.tensor.Parameters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What {@code pretrain}, {@code finetune} and {@code distill} share: checks, the gang, the loop.
 */
final class TrainingJob {
  static final String CHECKPOINTS = "checkpoints";

  /** What a checkpoint's identity is made of, beside its data. */
  private static final List<String> SECTIONS =
      List.of("model", "routing", "data", "training", "optimizer", "distill");

  /** The products of the backward pass are twice those of the forward pass. */
  private static final double FORWARDS_IN_A_STEP = 3;

  private final VerbRun run;
  private final RunConfig config;
  private final TrainingData data;
  private final RunTenure tenure;
  private WorkerSpec spec;
  private final Map<String, String> extraProvenance = new LinkedHashMap<>();
  private Optional<StartingPoint> start = Optional.empty();

  /**
   * @param targets folder of the teacher's soft targets; empty where there are none
   */
  TrainingJob(VerbRun run, TrainingData data, String targets) {
    this.run = run;
    this.config = run.config();
    this.data = data;
    this.spec =
        new WorkerSpec(
            config, new WorkerSpec.Folders(data.where(), run.folder().uri(CHECKPOINTS), targets));
    this.tenure = new RunTenure(run.lease());
  }

  /** Something more that a checkpoint depends on, such as its teacher. */
  void dependsOn(String name, String hash) {
    extraProvenance.put(name, hash);
  }

  /** A teacher that the gang holds as well. */
  void learnsFrom(TeacherSpec teacher) {
    spec = new WorkerSpec(config, spec.folders(), teacher);
  }

  /** The parameters that a new run begins with instead of freshly drawn ones. */
  void startsFrom(StartingPoint point) {
    start = Optional.of(point);
    dependsOn(ImportedCheckpoint.STARTED_FROM, point.digest());
  }

  /**
   * Trains to the last step, or finds nothing to do.
   *
   * @param beginning applied to freshly initialised dense parameters
   */
  void run(boolean fresh, Consumer<Parameters> beginning) throws Exception {
    Optional<Committed> latest =
        fresh
            ? Optional.empty()
            : new CheckpointFolder(spec.folders().checkpoints(), run.hadoop(), run::say).latest();
    long done = latest.map(c -> c.manifest().step()).orElse(0L);
    TrainingRun training =
        new TrainingRun(
            spec,
            run.folder(),
            watch(),
            data.vocabulary().rows(),
            data.validationSequences(),
            identity(provenance()),
            beginning,
            tenure);
    if (latest.isPresent()) {
      training.requireOwn(latest.get(), changed());
    }
    if (done >= config.training().steps()) {
      run.say("Nothing to do: %s has all %d steps.".formatted(latest.get().folder(), done));
      run.results().put("step", done);
      return;
    }
    StepMetrics last = train(training, done, fresh);
    run.results().put("step", config.training().steps());
    if (last != null) {
      run.results().put("loss", last.loss());
    }
    run.say(
        "Checkpoint: %s. Next: sparkswitch evaluate --run %s --%s …"
            .formatted(
                run.folder().uri(CHECKPOINTS),
                run.folder().uri(),
                start.isPresent() ? "vocab … --examples" : "shards"));
  }

  private Watch watch() {
    double own = forwardFlops(config);
    double teachers = spec.onlineTeacher().map(t -> forwardFlops(t.config())).orElse(0.0);
    return new Watch(
        new Console(run.out(), config.training().steps(), Clock.systemUTC()),
        new TrainingGauges(Clock.systemUTC()),
        FORWARDS_IN_A_STEP * own + teachers);
  }

  private double forwardFlops(RunConfig model) {
    return Plan.of(model, data.vocabulary().rows(), 1).flopsPerToken(data.inputs(), data.targets());
  }

  private StepMetrics train(TrainingRun training, long done, boolean fresh) throws Exception {
    JavaSparkContext spark = run.spark();
    Gang gang = new Gang(spark, config.gang(), config.exchange(), run::say);
    Plan plan = Plan.of(config, data.vocabulary().rows(), gang.size());
    plan.requireGroups();
    gang.requireNativeMemory(this::nativeBytes);
    plan.sentences(data.inputs(), data.targets()).forEach(run::say);
    data.account().get().forEach(run::say);
    run.say(done == 0 ? "Starting at step 0." : "Resuming at step %d.".formatted(done));
    // Nothing can be refused any more: now what is replaced may go.
    CheckpointFolder checkpoints = new CheckpointFolder(spec.folders().checkpoints(), run.hadoop());
    if (fresh) {
      checkpoints.clear();
      for (String old :
          List.of(
              MetricsLog.FILE,
              EvaluateVerb.EVALUATION,
              GenerateVerb.SAMPLES,
              DistillVerb.INITIALISATION)) {
        run.folder().delete(old);
      }
      EventLog.clear(run.folder());
    }
    checkpoints.create();
    AttemptNumbers numbers = new AttemptNumbers(spec.folders().checkpoints(), run.hadoop());
    run.keep(provenance());
    if (start.isPresent() && checkpoints.latest().isEmpty()) {
      start.get().write(checkpoints, numbers.claim(), identity(provenance()), run.hadoop());
      run.say("Starting from the parameters of %s.".formatted(start.get().parent().folder()));
    }
    MetricsPlugin.show(training.watch().gauges());
    run.progress("training");
    try (TermSignal term = tenure.endsOn(new TermSignal(run::say))) {
      return gang.run(
          new ModelWorker(spec),
          new TrainingLoop(training, run.hadoop()),
          () -> tenure.begin(numbers.claim()));
    }
  }

  /** Of an executor, its teacher's part included. */
  private long nativeBytes(int executors) {
    int rows = data.vocabulary().rows();
    return Plan.of(config, rows, executors).memory().executor()
        + spec.onlineTeacher()
            .map(teacher -> Plan.of(teacher.config(), rows, executors).readingBytes())
            .orElse(0L);
  }

  /** Settings that are not those that the folder keeps; none if it keeps none. */
  private List<String> changed() throws IOException {
    Optional<String> kept = run.folder().read(VerbRun.CONFIG_FILE);
    List<String> changed = new ArrayList<>();
    for (String section : kept.isPresent() ? SECTIONS : List.<String>of()) {
      changed.addAll(ConfigLoader.differences(kept.get(), config, section));
    }
    return changed;
  }

  private Provenance provenance() {
    return Provenance.of(run.verb(), config)
        .withData(data.digest())
        .withVocabulary(data.vocabulary().digest());
  }

  /** What every checkpoint says of itself. */
  private Map<String, String> identity(Provenance provenance) {
    Map<String, String> all = new LinkedHashMap<>(provenance.toMap());
    all.put("optimizer", config.optimizer().name().toString().toLowerCase(Locale.ROOT));
    String identity = Architecture.identity(config, data.vocabulary().rows());
    all.put("modelHash", Digests.of(identity.getBytes(StandardCharsets.UTF_8)));
    all.put(
        ImportedCheckpoint.PARAMETERS,
        ImportedCheckpoint.parameters(Architecture.of(config, data.vocabulary().rows())));
    all.put("dataOrder", "batch %d %s".formatted(config.training().batchSize(), data.order()));
    all.putAll(extraProvenance);
    return all;
  }
}
