package io.sparkswitch.jobs.study.result;

import io.sparkswitch.jobs.conf.VariantSettings;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A row of a study's table.
 *
 * @param variant whose it is
 * @param runs those that are finished
 * @param figures what is known of them together; the others are missing
 * @param curve mean over the finished runs, where all of them were evaluated
 */
public record Row(
    VariantSettings variant,
    List<StudyRun> runs,
    Map<Column, Double> figures,
    List<CurvePoint> curve) {

  public Row {
    runs = List.copyOf(runs);
    figures =
        Collections.unmodifiableMap(
            figures.isEmpty() ? new EnumMap<>(Column.class) : new EnumMap<>(figures));
    curve = List.copyOf(curve);
  }

  public OptionalDouble figure(Column column) {
    Double figure = figures.get(column);
    return figure == null ? OptionalDouble.empty() : OptionalDouble.of(figure);
  }
}
