package io.sparkswitch.jobs;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.distill.student.InitReport;
import io.sparkswitch.distill.student.StudentInit;
import io.sparkswitch.distill.target.TargetsSettings;
import io.sparkswitch.distill.target.store.SoftTargetsReader;
import io.sparkswitch.distill.target.store.TargetsFolder;
import io.sparkswitch.distill.target.store.TargetsManifest;
import io.sparkswitch.distill.target.store.TargetsOrigin;
import io.sparkswitch.jobs.conf.DistillSettings;
import io.sparkswitch.jobs.conf.InitialisationName;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.conf.TargetSourceName;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.loop.Architecture;
import io.sparkswitch.jobs.loop.TeacherSpec;
import io.sparkswitch.jobs.loop.TrainingRun;
import io.sparkswitch.jobs.track.OutputFolder;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.tensor.Parameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "distill",
    description =
        "Trains a dense student that starts from the teacher's non-expert weights (or, with"
            + " distill.initialisation=none, from its seed), on 0.25 of the teacher's soft targets"
            + " and 0.75 of the labels: on stored ones (--targets), or on those of the teacher in the"
            + " student's gang (distill.targets=online); else on the labels alone. The same command"
            + " again continues.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "Example: sparkswitch distill --teacher runs/demo/switch --targets runs/demo/targets"
          + " --shards runs/demo/shards --out runs/demo/student --config conf/runs/demo-student.conf"
    })
final class DistillVerb extends GangVerb {
  static final String INITIALISATION = "initialisation.json";
  private static final String NO_LESSONS = "none";

  @Mixin private TeacherOptions teacher;

  @Mixin private TargetOptions targets;

  @Mixin private ShardOptions shards;

  @Override
  List<String> sections() {
    return List.of("model", "routing", "data", "training", "optimizer", "distill");
  }

  @Override
  void run(VerbRun run) throws Exception {
    RunConfig config = run.config();
    if (config.model().sparse()) {
      throw new UsageException(
          "model.num-experts = %d, but a student is dense: set model.num-experts = 0, or give a dense configuration"
              .formatted(config.model().numExperts()));
    }
    OpenShards open =
        output().fresh() ? OpenShards.open(shards, run) : OpenShards.ofRun(shards, run);
    SavedRun saved = SavedRun.open(teacher.teacher(), teacher.step(), run);
    saved.requireVocabulary(open.vocabulary());
    int rows = open.vocabulary().rows();
    T5Config teacherModel = Architecture.of(saved.configuration(), rows);
    Optional<StudentInit> init =
        config.distill().initialisation() == InitialisationName.TEACHER
            ? Optional.of(initialisation(teacherModel, Architecture.of(config, rows)))
            : Optional.empty();
    TargetsOrigin origin = Targets.origin(saved.checkpoint().manifest(), config, open);
    Lessons lessons = lessons(run, saved, origin);
    if (lessons.identity().equals(NO_LESSONS)) {
      run.say("No soft targets: the student learns from the labels alone.");
    }
    TrainingJob job = new TrainingJob(run, open.trainingData(config), lessons.folder());
    lessons.teacher().ifPresent(job::learnsFrom);
    job.dependsOn("teacherHash", origin.teacherDigest());
    job.dependsOn("softTargets", lessons.identity());
    if (init.isEmpty()) {
      job.dependsOn(TrainingRun.INITIALISATION, "from the seed");
    }
    job.run(
        output().fresh(),
        dense -> init.ifPresent(teachers -> inherit(run, teachers, saved, dense)));
  }

  /**
   * Where soft targets come from.
   *
   * @param folder of stored ones; empty without
   * @param teacher in the gang, if they are not stored
   * @param identity what they are, for the checkpoints
   */
  private record Lessons(String folder, Optional<TeacherSpec> teacher, String identity) {}

  private Lessons lessons(VerbRun run, SavedRun saved, TargetsOrigin origin) throws IOException {
    DistillSettings distill = run.config().distill();
    if (distill.targets() == TargetSourceName.ONLINE) {
      if (targets.targets().isPresent()) {
        throw new UsageException(
            "--targets %s, but distill.targets = online asks the teacher itself: leave out one of them"
                .formatted(targets.targets().get()));
      }
    }
    if (distill.asksTeacher()) {
      String identity =
          "%s online temperature=%s soft-fraction=%s"
              .formatted(origin, distill.temperature(), distill.softFraction());
      return new Lessons("", Optional.of(saved.teacher(run.config())), identity);
    }
    if (targets.targets().isEmpty()) {
      return new Lessons("", Optional.empty(), NO_LESSONS);
    }
    String folder = OutputFolder.of(targets.targets().get(), run.hadoop()).uri();
    TargetsSettings made = checkedTargets(run, folder, origin).settings();
    // How many steps they cover may grow.
    String precision = made.precision() == null ? "" : " precision=" + made.precision();
    String identity =
        "%s %s kept=%d values=%s temperature=%s soft-fraction=%s remainder=%s"
                .formatted(
                    origin,
                    made.kind(),
                    made.kept(),
                    made.values(),
                    made.temperature(),
                    distill.softFraction(),
                    distill.remainder())
            + precision;
    return new Lessons(folder, Optional.empty(), identity);
  }

  private static StudentInit initialisation(T5Config teacher, T5Config student) {
    try {
      return new StudentInit(teacher, student);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage() + ", or set distill.initialisation = none", e);
    }
  }

  private static TargetsManifest checkedTargets(VerbRun run, String uri, TargetsOrigin origin)
      throws IOException {
    TargetsManifest manifest =
        new TargetsFolder(uri, run.hadoop())
            .manifest()
            .orElseThrow(
                () ->
                    new InputException(
                        "--targets %s holds no finished soft targets: run teach first"
                            .formatted(uri)));
    manifest.requireMatch(origin);
    manifest.requireCovers(run.config().distill().temperature(), run.config().training().steps());
    SoftTargetsReader.open(uri, run.hadoop()); // that each file is there at its length
    return manifest;
  }

  private static void inherit(VerbRun run, StudentInit init, SavedRun teacher, Parameters dense) {
    try {
      InitReport report =
          init.apply(teacher.checkpoint(), run.hadoop(), dense, run.config().seed());
      run.folder().write(INITIALISATION, Json.tree(report).toPrettyString() + "\n");
      run.say(
          "The student starts with %d tensors of the teacher and %d drawn anew; the map is kept in %s:"
              .formatted(
                  report.copied().size(), report.fresh().size(), run.folder().uri(INITIALISATION)));
      report.copied().forEach(line -> run.say("  " + line));
      report.fresh().forEach(name -> run.say("  " + name + " drawn anew"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
