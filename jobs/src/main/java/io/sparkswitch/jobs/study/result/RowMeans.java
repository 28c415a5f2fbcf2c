package io.sparkswitch.jobs.study.result;

import io.sparkswitch.jobs.study.result.RunFigures.Evaluated;
import io.sparkswitch.jobs.study.statistics.Spread;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What a row's finished runs have in the mean. */
final class RowMeans {
  private RowMeans() {}

  /** Every figure that a row has by itself. */
  static void add(EnumMap<Column, Double> figures, List<StudyRun> runs) {
    Spread quality = new Spread(all(runs, run -> run.figures().evaluation().negLogPerplexity()));
    figures.put(Column.NEG_LOG_PERPLEXITY, quality.mean());
    put(figures, Column.DEVIATION, quality.standardDeviation());
    mean(figures, Column.STEPS, runs, run -> OptionalDouble.of(run.figures().step()));
    mean(figures, Column.CONTEXT, runs, run -> context(run.figures().evaluation()));
    mean(figures, Column.PARAMETERS, runs, run -> of(run.figures().evaluation().parameters()));
    mean(
        figures,
        Column.FLOPS_PER_TOKEN,
        runs,
        run -> of(run.figures().evaluation().flopsPerToken()));
    mean(figures, Column.TRAINING_FLOPS, runs, run -> of(run.trainingFlops()));
    mean(figures, Column.SECONDS, runs, run -> of(run.figures().training().seconds()));
    mean(
        figures,
        Column.LEFT_BEHIND,
        runs,
        run -> run.figures().training().fractionTokensLeftBehind());
    mean(figures, Column.TARGET_SECONDS, runs, run -> cost(run, StudyRun.TargetsCost::seconds));
    mean(figures, Column.TARGET_BYTES, runs, run -> cost(run, StudyRun.TargetsCost::bytes));
  }

  /** Where all of them were evaluated. */
  static List<CurvePoint> curve(List<StudyRun> runs) {
    List<CurvePoint> mean = new ArrayList<>();
    for (CurvePoint first :
        runs.isEmpty() ? List.<CurvePoint>of() : runs.get(0).figures().curve()) {
      List<CurvePoint> same =
          runs.stream()
              .flatMap(run -> run.figures().curve().stream())
              .filter(point -> point.step() == first.step())
              .toList();
      if (same.size() == runs.size()) {
        mean.add(
            new CurvePoint(
                first.step(),
                same.stream().mapToDouble(CurvePoint::seconds).average().orElseThrow(),
                same.stream().mapToDouble(CurvePoint::validationLoss).average().orElseThrow()));
      }
    }
    return mean;
  }

  private static OptionalDouble context(Evaluated evaluated) {
    OptionalDouble shuffled = evaluated.negLogPerplexityWithShuffledInputs();
    return shuffled.isPresent()
        ? of(evaluated.negLogPerplexity() - shuffled.getAsDouble())
        : OptionalDouble.empty();
  }

  private static OptionalDouble cost(StudyRun run, ToDoubleFunction<StudyRun.TargetsCost> figure) {
    return run.targets().isPresent()
        ? of(figure.applyAsDouble(run.targets().get()))
        : OptionalDouble.empty();
  }

  private static OptionalDouble of(double figure) {
    return OptionalDouble.of(figure);
  }

  private static List<Double> all(List<StudyRun> runs, Function<StudyRun, Double> figure) {
    return runs.stream().map(figure).toList();
  }

  /** Where every run has the figure. */
  private static void mean(
      EnumMap<Column, Double> figures,
      Column column,
      List<StudyRun> runs,
      Function<StudyRun, OptionalDouble> figure) {
    double[] known = runs.stream().map(figure).flatMapToDouble(OptionalDouble::stream).toArray();
    if (known.length == runs.size()) {
      put(figures, column, Arrays.stream(known).average());
    }
  }

  static void put(EnumMap<Column, Double> figures, Column column, OptionalDouble figure) {
    figure.ifPresent(
        known -> {
          if (Double.isFinite(known)) {
            figures.put(column, known);
          }
        });
  }
}
