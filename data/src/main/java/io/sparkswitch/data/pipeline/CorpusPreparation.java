package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.clean.SpanCut;
import io.sparkswitch.data.pipeline.cut.Recipe;
import io.sparkswitch.data.pipeline.cut.VocabularyFile;
import io.sparkswitch.data.pipeline.duplicate.DeduplicationRequest;
import io.sparkswitch.data.pipeline.folder.ExclusionLists;
import io.sparkswitch.data.pipeline.folder.Exclusions;
import io.sparkswitch.data.pipeline.folder.IngestPlan;
import io.sparkswitch.data.pipeline.folder.Lease;
import io.sparkswitch.data.pipeline.folder.LeaseHeldException;
import io.sparkswitch.data.pipeline.folder.Quarantine;
import io.sparkswitch.data.pipeline.folder.ShardFolder;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.shard.SourceEntry;
import io.sparkswitch.data.source.Corpus;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.token.Vocabulary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * From corpus files to a shard folder, exactly once: a source file is done when its entry is there,
 * so a run that was killed anywhere goes on where it was, and a second run takes only what is new.
 */
public final class CorpusPreparation {
  private final JavaSparkContext sc;
  private final PrepareRequest request;
  private final PrepareProgress progress;
  private final Configuration conf;
  private final Recipe recipe;
  private final ShardFolder folder;

  private CorpusPreparation(
      JavaSparkContext sc, PrepareRequest request, PrepareProgress progress, Recipe recipe)
      throws IOException {
    this.sc = sc;
    this.request = request;
    this.progress = progress;
    this.conf = sc.hadoopConfiguration();
    this.recipe = recipe;
    this.folder = new ShardFolder(request.output().folder(), conf);
  }

  /**
   * Prepares one split.
   *
   * @throws InputException if corpus or vocabulary are missing, a source file has changed since it
   *     was made into shards, shards are damaged, or too many records are malformed
   * @throws IllegalArgumentException if the folder holds shards of other settings or another
   *     vocabulary, and {@link ShardOutput.Existing#REPLACE} was not asked for
   * @throws LeaseHeldException if another run writes to the folder
   */
  public static PrepareSummary prepare(
      JavaSparkContext sc, PrepareRequest request, PrepareProgress progress) {
    Configuration conf = sc.hadoopConfiguration();
    List<CorpusFile> sources = Corpus.files(request.corpus(), conf, request.split());
    Vocabulary vocabulary = VocabularyFile.load(request.vocabulary(), conf);
    Recipe recipe =
        new Recipe(request.rules().settings(), vocabulary.spec(), request.rules().cleaning());
    try {
      CorpusPreparation preparation = new CorpusPreparation(sc, request, progress, recipe);
      String holder = "%s (%s)".formatted(sc.sc().applicationId(), System.getProperty("user.name"));
      try (Lease lease =
          Lease.acquire(
              preparation.folder.path(), conf, holder, Clock.systemUTC(), progress::say)) {
        return preparation.run(sources, lease);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot prepare shard folder " + request.output().folder(), e);
    }
  }

  private PrepareSummary run(List<CorpusFile> sources, Lease lease) throws IOException {
    folder.requireOurs();
    if (request.output().existing() == ShardOutput.Existing.REPLACE) {
      sayWhatIsForgotten();
      folder.clear(DuplicateBatches.FOLDER);
    }
    List<IngestPlan> earlier = folder.plans();
    requireSame(earlier);
    List<IngestPlan> plans = withdraw(earlier, sources);
    MovedSources.remark(plans, sources).ifPresent(progress::say);
    ExclusionLists excluded = excluded();
    Map<Integer, SourceEntry> entries = folder.entries();
    folder.deleteLeftovers(entries.values());
    BatchPlanner.Work work =
        new BatchPlanner(sc, folder.path(), recipe.toMap(), progress)
            .plan(plans, sources, entries, excluded.pending());
    lease.requireHeld();
    if (work.added().isPresent()) {
      folder.write(work.added().get());
    }
    excluded.markApplied();
    Optional<ShardManifest> before = folder.newest();
    List<SourceEntry> made = List.copyOf(entries.values());
    boolean committed = before.filter(manifest -> manifest.sources().equals(made)).isPresent();
    if (work.todo().isEmpty() && committed) {
      ShardManifest whole = ShardSet.open(folder.path().toString(), conf).manifest();
      return new PrepareSummary(
          folder.path().toString(), PrepareSummary.Outcome.NOTHING_NEW, whole);
    }
    new PreparationJob(
            sc, request.vocabulary(), folder.path(), recipe, excluded.all().hashes(), duplicates())
        .run(work.batch(), work.todo(), entries, progress);
    lease.requireHeld();
    ShardManifest manifest = manifest(before.map(ShardManifest::number).orElse(0) + 1);
    requireFewMalformed(manifest);
    folder.commit(manifest);
    return new PrepareSummary(folder.path().toString(), PrepareSummary.Outcome.PREPARED, manifest);
  }

  private Map<Integer, DeduplicationRequest> duplicates() throws IOException {
    Optional<SpanCut> cut = recipe.cleaning().cut();
    return cut.isEmpty()
        ? Map.of()
        : new DuplicateBatches(sc, folder.path(), recipe, cut.get())
            .decide(folder.plans(), progress);
  }

  /** Takes what no reader has seen, and what has changed, out of the plans. */
  private List<IngestPlan> withdraw(List<IngestPlan> plans, List<CorpusFile> sources)
      throws IOException {
    Optional<IngestPlan> plan =
        Withdrawal.plan(
            plans, sources, folder.newest(), folder.entries(), recipe.cleaning().cut().isPresent());
    if (plan.isEmpty()) {
      return plans;
    }
    progress.say(
        "%,d files that were planned, but never finished, are gone or have changed: they are planned anew"
            .formatted(plan.get().withdrawn().size()));
    folder.write(plan.get());
    return folder.plans();
  }

  private void requireSame(List<IngestPlan> plans) throws IOException {
    Optional<String> difference =
        plans.isEmpty() ? Optional.empty() : recipe.differenceFrom(plans.get(0).recipe());
    if (plans.isEmpty() && folder.newest().isPresent()) {
      difference = Optional.of("they have the first format, without lineage");
    }
    if (difference.isPresent()) {
      throw new IllegalArgumentException(
          "%s holds other shards than asked for: %s. Use --fresh to replace them, or another folder"
              .formatted(folder.path(), difference.get()));
    }
  }

  private ExclusionLists excluded() throws IOException {
    ExclusionLists lists = ExclusionLists.read(folder.path(), conf);
    Exclusions given = given();
    int staying = lists.all().without(given).urls().size();
    if (!given.isEmpty() && staying > 0) {
      progress.say(
          "%,d addresses of earlier lists, which this one does not name, stay out too"
              .formatted(staying));
    }
    lists.add(given);
    return lists;
  }

  private Exclusions given() {
    return Exclusions.of(request.rules().excludedUrls());
  }

  private void sayWhatIsForgotten() throws IOException {
    Exclusions forgotten = ExclusionLists.found(folder.path(), conf).without(given());
    if (!forgotten.isEmpty()) {
      progress.say(
          "%,d addresses that were taken down come back, because all is made anew: give them with --exclude to keep them out"
              .formatted(forgotten.urls().size()));
    }
  }

  private ShardManifest manifest(int number) throws IOException {
    Map<Integer, SourceEntry> entries = folder.entries();
    Set<Integer> planned = new HashSet<>();
    for (IngestPlan plan : folder.plans()) {
      plan.sources().forEach(source -> planned.add(source.number()));
    }
    if (!entries.keySet().equals(planned)) {
      throw new IllegalStateException(
          "%d source files were planned, but %d are done"
              .formatted(planned.size(), entries.size()));
    }
    return ShardManifest.of(
        number,
        recipe.settings(),
        recipe.vocabulary(),
        recipe.toMap(),
        List.copyOf(entries.values()),
        request.output().provenance());
  }

  private void requireFewMalformed(ShardManifest manifest) {
    long read = manifest.documents().read();
    long malformed = manifest.documents().quarantined();
    double allowed = request.rules().quarantineShare();
    if (malformed > allowed * read) {
      throw new InputException(
          "%,d of %,d records are malformed, %.2f %% where %.2f %% are allowed: see %s/%s for file, position and reason; mend the files, or raise prepare.quarantine-share. The rest is done and will not be done again"
              .formatted(
                  malformed,
                  read,
                  100.0 * malformed / read,
                  100 * allowed,
                  folder.path(),
                  Quarantine.FOLDER));
    }
  }
}
