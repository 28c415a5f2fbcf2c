package io.sparkswitch.jobs;

import io.sparkswitch.distill.target.TargetFile;
import io.sparkswitch.distill.target.TargetsFolder;
import io.sparkswitch.distill.target.TargetsManifest;
import io.sparkswitch.distill.target.TargetsOrigin;
import io.sparkswitch.distill.target.TargetsSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.gang.Gang;
import io.sparkswitch.jobs.loop.LoadedModel;
import io.sparkswitch.jobs.loop.ModelWorker;
import io.sparkswitch.jobs.loop.Plan;
import io.sparkswitch.jobs.loop.Teaching;
import io.sparkswitch.model.checkpoint.AttemptNumbers;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "teach",
    description =
        "Writes a trained model's soft targets for every batch that a student will see, so that"
            + " students are trained without the teacher. Routing is dropless. The configuration"
            + " is the student's; the model is the teacher's.",
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
    int rows = open.vocabulary().rows();
    if (config.teach().topK() > rows) {
      throw new UsageException(
          "teach.top-k = %d, but the vocabulary has %d rows: give at most %d, or 0 for the whole distribution"
              .formatted(config.teach().topK(), rows, rows));
    }
    TargetsSettings settings =
        TargetsSettings.of(config.teach().topK(), rows, Targets.steps(config));
    TargetsOrigin origin = Targets.origin(saved.checkpoint().manifest(), run.config(), open);
    TargetsFolder folder = new TargetsFolder(run.folder().uri(), run.hadoop());
    Optional<TargetsManifest> existing = output().fresh() ? Optional.empty() : folder.manifest();
    if (existing.isPresent()) {
      existing.get().requireMatch(origin);
      if (!existing.get().settings().equals(settings)) {
        throw new UsageException(
            "%s holds soft targets with %s, but %s is wanted: give --fresh, or another --out"
                .formatted(run.folder().uri(), existing.get().settings(), settings));
      }
      run.say("Nothing to do: %s is finished.".formatted(run.folder().uri()));
      return;
    }
    Provenance provenance =
        Provenance.of(run.verb(), config)
            .withData(open.train().manifest().dataDigest())
            .withVocabulary(open.vocabulary().digest());
    LoadedModel model = saved.model(config, open.where(), run.folder().uri(), rows);
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(run.spark().sparkContext());
    Gang gang = new Gang(spark, config.gang(), config.exchange(), run::say);
    Plan.of(config, rows, gang.size());
    folder.clear();
    run.keep(provenance);
    List<TargetFile> files =
        gang.run(
            new ModelWorker(model.spec()),
            Teaching.of(
                model,
                settings.steps(),
                done ->
                    run.progress(
                        "soft targets of %,d of %,d steps".formatted(done, settings.steps()))),
            new AttemptNumbers(run.folder().uri(), run.hadoop())::claim);
    TargetsManifest manifest = TargetsManifest.of(settings, origin, files, provenance.toMap());
    folder.deleteAllBut(manifest.files());
    folder.commit(manifest);
    long bytes = files.stream().mapToLong(TargetFile::bytes).sum();
    run.results().put("files", files.size()).put("bytes", bytes).put(HASH, origin.teacherDigest());
    run.say(
        "%,d files, %,d bytes. Next: sparkswitch distill --teacher %s --targets %s …"
            .formatted(files.size(), bytes, teacher.teacher(), run.folder().uri()));
  }
}
