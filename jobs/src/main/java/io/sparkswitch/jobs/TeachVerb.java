package io.sparkswitch.jobs;

import io.sparkswitch.distill.target.TargetKind;
import io.sparkswitch.distill.target.TargetsSettings;
import io.sparkswitch.distill.target.store.TargetFile;
import io.sparkswitch.distill.target.store.TargetsFolder;
import io.sparkswitch.distill.target.store.TargetsManifest;
import io.sparkswitch.distill.target.store.TargetsOrigin;
import io.sparkswitch.distill.target.store.TaughtChunk;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.gang.Gang;
import io.sparkswitch.jobs.loop.LoadedModel;
import io.sparkswitch.jobs.loop.ModelWorker;
import io.sparkswitch.jobs.loop.Teaching;
import io.sparkswitch.jobs.loop.Teaching.Assignment;
import io.sparkswitch.model.checkpoint.AttemptNumbers;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "teach",
    description =
        "Writes a trained model's soft targets for every batch that a student will see, so that"
            + " students are trained without the teacher. Routing is dropless. The configuration"
            + " is the student's; the model is the teacher's. The same command again continues.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "Example: sparkswitch teach --teacher runs/demo/switch --shards runs/demo/shards"
          + " --out runs/demo/targets --config conf/runs/demo-student.conf"
    })
final class TeachVerb extends GangVerb {
  private static final String HASH = "teacherHash";

  @Mixin private TeacherOptions teacher;

  @Mixin private ShardOptions shards;

  @Override
  List<String> sections() {
    return List.of("data", "training", "teach");
  }

  @Override
  void run(VerbRun run) throws Exception {
    OpenShards open =
        output().fresh() ? OpenShards.open(shards, run) : OpenShards.ofRun(shards, run);
    SavedRun saved = SavedRun.open(teacher.teacher(), teacher.step(), run);
    saved.requireVocabulary(open.vocabulary());
    RunConfig own = saved.configuration();
    RunConfig config = run.config().withModel(own.model(), own.routing());
    Assignment assignment = assignment(saved, run.config(), open);
    TargetsFolder folder = new TargetsFolder(run.folder().uri(), run.hadoop());
    Optional<TargetsManifest> existing = output().fresh() ? Optional.empty() : folder.manifest();
    if (existing.isPresent()) {
      existing.get().requireSame(assignment.settings(), assignment.origin(), folder);
      report(run, existing.get(), "Nothing to do: %s is finished".formatted(folder));
      return;
    }
    LoadedModel model =
        saved.model(config, open.where(), run.folder().uri(), open.vocabulary().rows());
    List<TaughtChunk> taught =
        output().fresh()
            ? List.of()
            : folder.chunks().readOf(assignment.settings(), assignment.origin());
    Provenance provenance =
        Provenance.of(run.verb(), config)
            .withData(open.train().manifest().dataDigest())
            .withVocabulary(open.vocabulary().digest());
    List<TargetFile> files = write(run, folder, taught, model, assignment, provenance);
    TargetsManifest manifest =
        TargetsManifest.of(assignment.settings(), assignment.origin(), files, provenance.toMap());
    run.lease().requireHeld();
    folder.commit(manifest);
    report(run, manifest, "Soft targets: " + folder);
  }

  private static Assignment assignment(SavedRun teacher, RunConfig student, OpenShards open) {
    int rows = open.vocabulary().rows();
    TargetsSettings settings = Teaching.settings(student, rows);
    if (settings.kind() == TargetKind.TOP_K && settings.kept() >= rows) {
      throw new UsageException(
          "teach.top-k = %d, but the vocabulary has %d rows: give fewer, or teach.kind = full"
              .formatted(settings.kept(), rows));
    }
    TargetsOrigin origin = Targets.origin(teacher.checkpoint().manifest(), student, open);
    return new Assignment(settings, origin, student.teach().commitEvery());
  }

  /** Writes what is not written yet. */
  private List<TargetFile> write(
      VerbRun run,
      TargetsFolder folder,
      List<TaughtChunk> taught,
      LoadedModel model,
      Assignment assignment,
      Provenance provenance)
      throws Exception {
    RunConfig config = model.spec().config();
    JavaSparkContext spark = run.spark();
    Gang gang = new Gang(spark, config.gang(), config.exchange(), run::say);
    if (taught.isEmpty()) {
      folder.clear();
      run.keep(provenance);
    } else {
      folder.deleteAllBut(taught.stream().flatMap(chunk -> chunk.files().stream()).toList());
      run.say(
          "Resuming at step %,d of %,d."
              .formatted(
                  taught.get(taught.size() - 1).steps().to(), assignment.settings().steps()));
    }
    RunTenure tenure = new RunTenure(run.lease());
    Teaching teaching =
        new Teaching(
            model,
            assignment,
            folder.chunks(),
            tenure,
            done ->
                run.progress(
                    "soft targets of %,d of %,d steps"
                        .formatted(done, assignment.settings().steps())));
    AttemptNumbers numbers = new AttemptNumbers(run.folder().uri(), run.hadoop());
    return gang.run(new ModelWorker(model.spec()), teaching, () -> tenure.begin(numbers.claim()));
  }

  private void report(VerbRun run, TargetsManifest manifest, String beginning) {
    run.results()
        .put("files", manifest.files().size())
        .put("bytes", manifest.bytes())
        .put("targets", manifest.targets())
        .put("bytesPerTarget", manifest.bytesPerTarget())
        .put(HASH, manifest.origin().teacherDigest());
    run.say(
        String.format(
            Locale.ROOT,
            "%s: %,d target tokens in %,d files, %.1f bytes each, %,d in all.",
            beginning,
            manifest.targets(),
            manifest.files().size(),
            manifest.bytesPerTarget(),
            manifest.bytes()));
    run.say(
        "Next: sparkswitch distill --teacher %s --targets %s …"
            .formatted(teacher.teacher(), run.folder().uri()));
  }
}
