package io.sparkswitch.jobs.report;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

/** One column a training, one row a figure. */
final class ModelTable {
  private final RunFolder folder;
  private final Summary summary;

  ModelTable(RunFolder folder, Summary summary) {
    this.folder = folder;
    this.summary = summary;
  }

  void write(Html html) {
    html.open("section").element("h2", "The models side by side");
    html.open("div", "class", "scroll").open("table", "class", "figures");
    html.open("thead").open("tr").element("th", "", "scope", "col");
    for (Role role : Role.values()) {
      html.element("th", role.label(), "scope", "col", "class", role.folder());
    }
    html.close().close().open("tbody");
    row(html, "parameters", "", run -> Numbers.magnitude(run.evaluated("parameters")));
    row(html, "FLOPs per token", "", run -> Numbers.magnitude(run.flopsPerToken()));
    row(html, "training steps", "", run -> Numbers.count(widened(run.steps())));
    row(
        html,
        "negative log perplexity",
        "nats per target token, dropless; higher is better",
        run -> Numbers.nats(run.negLogPerplexity()));
    row(
        html,
        "with training capacity",
        "the same, dropping tokens as in training",
        run -> Numbers.nats(run.negLogPerplexityWithTrainingCapacity()));
    row(
        html,
        "gain over dense",
        "nats per target token",
        run ->
            run.role() == Role.DENSE
                ? Numbers.MISSING
                : Numbers.signedNats(summary.gain(run.role())));
    row(
        html,
        "nats per byte",
        "lower is better",
        run -> Numbers.nats(run.evaluated("natsPerByte")));
    row(html, "validation targets", "tokens", run -> Numbers.count(run.evaluated("targetTokens")));
    row(html, "time", "training and evaluation", run -> Numbers.duration(run.seconds()));
    html.close().close().close();
    html.element(
        "p",
        "The student starts from the teacher’s non-expert weights, so its steps come on top of the"
            + " teacher’s. “Initialisation only” is that same student without soft targets.",
        "class",
        "note");
    html.close();
  }

  private void row(Html html, String name, String unit, Function<Run, String> figure) {
    html.open("tr").open("th", "scope", "row").text(name);
    if (!unit.isEmpty()) {
      html.element("span", unit, "class", "unit");
    }
    html.close();
    for (Role role : Role.values()) {
      Optional<Run> run = folder.run(role);
      html.element("td", run.map(figure).orElse(Numbers.MISSING));
    }
    html.close();
  }

  private static OptionalDouble widened(OptionalLong count) {
    return count.isPresent()
        ? OptionalDouble.of((double) count.getAsLong())
        : OptionalDouble.empty();
  }
}
