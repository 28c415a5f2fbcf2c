package io.sparkswitch.jobs.study.result;

import io.sparkswitch.jobs.conf.StudySettings;
import io.sparkswitch.jobs.conf.VariantRole;
import io.sparkswitch.jobs.conf.VariantSettings;
import io.sparkswitch.jobs.study.statistics.DetectableDifference;
import io.sparkswitch.jobs.study.statistics.ShareOfGain;
import io.sparkswitch.jobs.study.statistics.Spread;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** The rows of a study from its finished runs: means over seeds, differences within pairs. */
public final class Comparison {
  /** Of the resamples, the same for every table. */
  private static final long RESAMPLING_SEED = 20_220_616;

  private final StudySettings study;
  private final Map<String, Map<Long, StudyRun>> finished;
  private final VariantSettings dense;

  /**
   * @param finished runs by seed, by the name of their row
   */
  public Comparison(StudySettings study, Map<String, Map<Long, StudyRun>> finished) {
    this.study = study;
    this.finished = finished;
    this.dense = study.dense();
  }

  /** All rows, in the study's order. */
  public List<Row> rows() {
    return study.variants().stream().map(this::row).toList();
  }

  /** The smallest difference to dense that the table could detect. */
  public OptionalDouble detectable() {
    List<Spread> differences = new ArrayList<>();
    for (VariantSettings variant : study.variants()) {
      List<Long> pairs = pairs(List.of(variant, dense));
      if (variant != dense && !pairs.isEmpty()) {
        differences.add(Spread.ofDifferences(quality(variant, pairs), quality(dense, pairs)));
      }
    }
    return DetectableDifference.of(differences);
  }

  private Row row(VariantSettings variant) {
    List<StudyRun> runs = List.copyOf(runs(variant).values());
    EnumMap<Column, Double> figures = new EnumMap<>(Column.class);
    if (!runs.isEmpty()) {
      RowMeans.add(figures, runs);
      addGain(figures, variant);
      study
          .compared()
          .ifPresent(
              other ->
                  addDifference(figures, variant, other, Column.COMPARED, Column.COMPARED_ERROR));
      addSpeedUp(figures, variant);
    }
    return new Row(variant, runs, figures, RowMeans.curve(runs));
  }

  private void addDifference(
      EnumMap<Column, Double> figures,
      VariantSettings variant,
      VariantSettings other,
      Column mean,
      Column error) {
    List<Long> pairs = pairs(List.of(variant, other));
    if (variant == other || pairs.isEmpty()) {
      return;
    }
    Spread difference = Spread.ofDifferences(quality(variant, pairs), quality(other, pairs));
    put(figures, difference, mean, error);
  }

  private static void put(
      EnumMap<Column, Double> figures, Spread spread, Column mean, Column error) {
    figures.put(mean, spread.mean());
    RowMeans.put(figures, error, spread.standardError());
  }

  private void addGain(EnumMap<Column, Double> figures, VariantSettings variant) {
    figures.put(Column.PAIRS, (double) pairs(List.of(variant, dense)).size());
    addDifference(figures, variant, dense, Column.DIFFERENCE, Column.DIFFERENCE_ERROR);
    if (variant == dense) {
      return;
    }
    share(variant)
        .ifPresent(
            share -> {
              RowMeans.put(figures, Column.SHARE, share.share());
              share.interval().ifPresent(ends -> figures.put(Column.SHARE_FROM, ends.from()));
              share.interval().ifPresent(ends -> figures.put(Column.SHARE_TO, ends.to()));
            });
  }

  /** Of the gain of a row's own teacher, or of the study's first Switch model. */
  private Optional<ShareOfGain> share(VariantSettings variant) {
    Optional<VariantSettings> sparse = sparse(variant);
    if (variant.role() == VariantRole.SWITCH || sparse.isEmpty()) {
      return Optional.empty();
    }
    List<Long> pairs = pairs(List.of(dense, sparse.get(), variant));
    return pairs.isEmpty()
        ? Optional.empty()
        : Optional.of(
            ShareOfGain.of(
                quality(dense, pairs),
                quality(sparse.get(), pairs),
                quality(variant, pairs),
                RESAMPLING_SEED));
  }

  private Optional<VariantSettings> sparse(VariantSettings variant) {
    Optional<VariantSettings> own =
        variant
            .teacher()
            .map(study::variant)
            .filter(teacher -> teacher.role() == VariantRole.SWITCH);
    return own.isPresent()
        ? own
        : study.variants().stream().filter(v -> v.role() == VariantRole.SWITCH).findFirst();
  }

  /** How many times sooner than dense itself a Switch model is where dense ends. */
  private void addSpeedUp(EnumMap<Column, Double> figures, VariantSettings variant) {
    if (variant.role() != VariantRole.SWITCH) {
      return;
    }
    List<Double> steps = new ArrayList<>();
    List<Double> time = new ArrayList<>();
    List<Long> pairs = pairs(List.of(variant, dense));
    for (long pair : pairs) {
      List<CurvePoint> beaten = inPair(dense, pair).orElseThrow().figures().curve();
      if (beaten.isEmpty()) {
        return;
      }
      CurvePoint end = beaten.get(beaten.size() - 1);
      Crossing.of(inPair(variant, pair).orElseThrow().figures().curve(), end.validationLoss())
          .ifPresent(
              crossing -> {
                steps.add((double) end.step() / crossing.step());
                time.add(end.seconds() / crossing.seconds());
              });
    }
    // A mean over those pairs alone that got there would be too good.
    if (!pairs.isEmpty() && steps.size() == pairs.size()) {
      put(figures, new Spread(steps), Column.STEP_SPEED_UP, Column.STEP_SPEED_UP_ERROR);
      put(figures, new Spread(time), Column.TIME_SPEED_UP, Column.TIME_SPEED_UP_ERROR);
    }
  }

  /** Seeds in which all of the rows are finished; the same runs again are no further pair. */
  private List<Long> pairs(Collection<VariantSettings> rows) {
    Set<List<Optional<StudyRun>>> seen = new HashSet<>();
    return study.seeds().stream()
        .filter(seed -> rows.stream().allMatch(row -> inPair(row, seed).isPresent()))
        .filter(seed -> seen.add(rows.stream().map(row -> inPair(row, seed)).toList()))
        .toList();
  }

  /** A row's run of a pair: its own seed's, or the only one the row is to have. */
  private Optional<StudyRun> inPair(VariantSettings variant, long seed) {
    boolean alone = variant.seeds().size() == 1;
    return Optional.ofNullable(
        runs(variant).get(alone ? variant.seeds().get(0) : Long.valueOf(seed)));
  }

  private Map<Long, StudyRun> runs(VariantSettings variant) {
    return finished.getOrDefault(variant.name(), Map.of());
  }

  private List<Double> quality(VariantSettings variant, List<Long> pairs) {
    return pairs.stream().map(pair -> quality(inPair(variant, pair).orElseThrow())).toList();
  }

  private static double quality(StudyRun run) {
    return run.figures().evaluation().negLogPerplexity();
  }
}
