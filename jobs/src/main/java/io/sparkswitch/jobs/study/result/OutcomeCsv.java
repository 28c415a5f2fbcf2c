package io.sparkswitch.jobs.study.result;

import io.sparkswitch.jobs.conf.VariantSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** An outcome as CSV (RFC 4180 with plain line ends): full precision, what is unknown is empty. */
public final class OutcomeCsv {
  private OutcomeCsv() {}

  /** A line a row of the study. */
  public static String ofRows(StudyOutcome outcome) {
    List<String> heading = new ArrayList<>(List.of("variant", "label", "role"));
    for (Column column : Column.values()) {
      heading.add(column.key());
    }
    heading.addAll(List.of("comparedWith", "smallestDetectableDifference"));
    StringBuilder text = new StringBuilder();
    append(text, heading);
    for (Row row : outcome.rows()) {
      List<String> cells =
          new ArrayList<>(
              List.of(row.variant().name(), row.variant().label(), row.variant().role().word()));
      for (Column column : Column.values()) {
        cells.add(cell(row.figure(column)));
      }
      cells.add(outcome.study().compared().map(VariantSettings::name).orElse(""));
      cells.add(cell(outcome.detectable()));
      append(text, cells);
    }
    return text.toString();
  }

  /** A line a finished run. */
  public static String ofRuns(StudyOutcome outcome) {
    StringBuilder text = new StringBuilder();
    append(
        text, List.of("variant", "seed", "run", "step", "negLogPerplexity", "tokens", "seconds"));
    for (Row row : outcome.rows()) {
      for (StudyRun run : row.runs()) {
        RunFigures figures = run.figures();
        append(
            text,
            List.of(
                row.variant().name(),
                Long.toString(run.seed()),
                run.folder(),
                Long.toString(figures.step()),
                Double.toString(figures.evaluation().negLogPerplexity()),
                Double.toString(figures.training().tokens()),
                Double.toString(figures.training().seconds())));
      }
    }
    return text.toString();
  }

  private static String cell(OptionalDouble figure) {
    return figure.isPresent() ? Double.toString(figure.getAsDouble()) : "";
  }

  private static void append(StringBuilder text, List<String> cells) {
    text.append(String.join(",", cells.stream().map(OutcomeCsv::quoted).toList())).append('\n');
  }

  private static String quoted(String cell) {
    return cell.matches("(?s).*[\",\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
  }
}
