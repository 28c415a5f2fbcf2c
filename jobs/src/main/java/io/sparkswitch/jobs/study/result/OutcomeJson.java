package io.sparkswitch.jobs.study.result;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.jobs.conf.VariantSettings;
import java.util.OptionalDouble;

/** An outcome as JSON: everything there is, what is unknown is null. */
public final class OutcomeJson {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private OutcomeJson() {}

  public static ObjectNode of(StudyOutcome outcome) {
    ObjectNode all = JSON.createObjectNode();
    all.put("study", outcome.study().name()).put("scale", outcome.study().scale());
    all.put("title", outcome.study().title()).put("question", outcome.study().question());
    all.put("runs", outcome.state().runs()).put("finishedRuns", outcome.state().finished());
    all.set("seeds", JSON.valueToTree(outcome.study().seeds()));
    all.put("comparedWith", outcome.study().compared().map(VariantSettings::name).orElse(null));
    put(all, "smallestDetectableDifference", outcome.detectable());
    all.putObject("yardsticks")
        .put("unigram", -outcome.yardsticks().unigram())
        .put("neighbour", -outcome.yardsticks().neighbour());
    ArrayNode rows = all.putArray("rows");
    outcome.rows().forEach(row -> add(row, rows.addObject()));
    all.set("leftOut", JSON.valueToTree(outcome.study().leftOut()));
    all.set("provenance", JSON.valueToTree(outcome.state().provenance()));
    return all;
  }

  private static void add(Row row, ObjectNode node) {
    node.put("variant", row.variant().name()).put("label", row.variant().label());
    node.put("role", row.variant().role().word());
    row.variant().teacher().ifPresent(teacher -> node.put("teacher", teacher));
    for (Column column : Column.values()) {
      put(node, column.key(), row.figure(column));
    }
    ArrayNode runs = node.putArray("runs");
    for (StudyRun run : row.runs()) {
      RunFigures figures = run.figures();
      ObjectNode one = runs.addObject();
      one.put("seed", run.seed()).put("run", run.folder()).put("step", figures.step());
      one.put("negLogPerplexity", figures.evaluation().negLogPerplexity());
      put(
          one,
          "negLogPerplexityWithShuffledInputs",
          figures.evaluation().negLogPerplexityWithShuffledInputs());
      put(one, "seconds", OptionalDouble.of(figures.training().seconds()));
      put(one, "tokens", OptionalDouble.of(figures.training().tokens()));
    }
    node.set("curve", JSON.valueToTree(row.curve()));
  }

  private static void put(ObjectNode node, String name, OptionalDouble figure) {
    if (Double.isFinite(figure.orElse(Double.NaN))) {
      node.put(name, figure.getAsDouble());
    } else {
      node.putNull(name);
    }
  }
}
