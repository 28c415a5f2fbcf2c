package io.sparkswitch.jobs.study.result;

import io.sparkswitch.jobs.conf.VariantRole;
import io.sparkswitch.jobs.report.Html;
import io.sparkswitch.jobs.report.LineChart;
import io.sparkswitch.jobs.report.Numbers;
import io.sparkswitch.jobs.report.Page;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** An outcome as one page: nothing fetched, nothing that runs. */
public final class OutcomePage {
  static final String NOT_SHOWN = "not shown";
  private static final String STYLE_SHEET = "study.css";

  private final StudyOutcome outcome;

  public OutcomePage(StudyOutcome outcome) {
    this.outcome = outcome;
  }

  public String render() throws IOException {
    return Page.render("study " + outcome.study().name(), ownStyleSheet(), this::write);
  }

  /** What the classes of a chart look like. */
  public static String chartStyleSheet() throws IOException {
    return Page.chartStyleSheet(ownStyleSheet());
  }

  private static String ownStyleSheet() throws IOException {
    try (InputStream in = OutcomePage.class.getResourceAsStream(STYLE_SHEET)) {
      if (in == null) {
        throw new IOException(STYLE_SHEET + " is missing from the jar: build it again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void write(Html html) {
    html.open("header");
    html.element(
        "p",
        "sparkswitch study %s · %s".formatted(outcome.study().name(), outcome.study().scale()),
        "class",
        "kicker");
    html.element("h1", outcome.study().title());
    html.element("p", outcome.study().question(), "class", "lead");
    html.close();
    missing(html);
    table(html, "What they reached", Column.Table.QUALITY);
    OutcomeWording.below(outcome).forEach(sentence -> html.element("p", sentence, "class", "note"));
    table(html, "What they took", Column.Table.COST);
    html.element("p", OutcomeWording.detectable(outcome), "class", "note");
    html.open("section").element("h2", "Loss in the course of training");
    OutcomeCharts charts = new OutcomeCharts(outcome);
    chart(html, charts.byStep());
    chart(html, charts.byTime());
    html.close();
    provenance(html);
  }

  private void missing(Html html) {
    List<String> missing = OutcomeWording.missing(outcome);
    if (!missing.isEmpty()) {
      html.open("section", "class", "missing").element("h2", "What is not there").open("ul");
      missing.forEach(sentence -> html.element("li", sentence));
      html.close().close();
    }
  }

  private void table(Html html, String title, Column.Table table) {
    List<Column> columns =
        Arrays.stream(Column.values())
            .filter(column -> column.table() == table)
            .filter(this::isToBeShown)
            .toList();
    html.open("section").element("h2", title);
    html.open("div", "class", "scroll").open("table", "class", "figures");
    html.open("thead").open("tr").element("th", "", "scope", "col");
    for (Column column : columns) {
      html.open("th", "scope", "col").text(column.heading());
      if (!column.unit().isEmpty()) {
        html.element("span", column.unit(), "class", "unit");
      }
      html.close();
    }
    html.close().close().open("tbody");
    for (Row row : outcome.rows()) {
      html.open("tr").element("th", row.variant().label(), "scope", "row");
      columns.forEach(column -> html.element("td", cell(row, column)));
      html.close();
    }
    html.close().close().close().close();
  }

  /** A study that compares with nothing but its dense row has no column for another one. */
  private boolean isToBeShown(Column column) {
    boolean compared = column == Column.COMPARED || column == Column.COMPARED_ERROR;
    return !compared || outcome.study().compared().isPresent();
  }

  private static String cell(Row row, Column column) {
    boolean asked =
        row.variant().role() == VariantRole.STUDENT || row.variant().role() == VariantRole.CONTROL;
    return column == Column.SHARE && asked && row.figure(column).isEmpty()
        ? NOT_SHOWN
        : column.shown(row.figure(column));
  }

  private void chart(Html html, Optional<LineChart> chart) {
    if (chart.isEmpty()) {
      return;
    }
    html.open("figure").open("ul", "class", "legend");
    for (int i = 0; i < outcome.rows().size(); i++) {
      html.open("li").open("svg", "viewBox", "0 0 34 12", "aria-hidden", "true");
      html.empty("path", "class", OutcomeCharts.style(i), "d", "M0 6H34");
      html.close().text(outcome.rows().get(i).variant().label()).close();
    }
    html.close();
    chart.get().write(html);
    html.element(
        "figcaption",
        "Mean over the finished seeds, on the part of the validation split that is evaluated in the"
            + " course of training; over "
            + chart.get().x().label()
            + ". A student’s own training alone.");
    html.close();
  }

  private void provenance(Html html) {
    html.open("section").element("h2", "Where it comes from");
    html.open("div", "class", "scroll").open("table", "class", "provenance");
    outcome
        .state()
        .provenance()
        .forEach(
            (name, value) -> {
              html.open("tr").element("th", name, "scope", "row");
              html.element("td", value).close();
            });
    for (Row row : outcome.rows()) {
      for (StudyRun run : row.runs()) {
        html.open("tr").element("th", row.variant().label(), "scope", "row");
        html.element(
            "td",
            "%s: %s"
                .formatted(
                    run.folder(),
                    Numbers.finerNats(
                        OptionalDouble.of(run.figures().evaluation().negLogPerplexity()))));
        html.close();
      }
    }
    html.close().close().close();
  }
}
