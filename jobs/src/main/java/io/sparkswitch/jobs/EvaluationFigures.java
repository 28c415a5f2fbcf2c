package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.jobs.loop.Evaluation.Result;
import io.sparkswitch.jobs.loop.Evaluation.Sum;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/**
 * What an evaluation tells, as JSON and in the terminal.
 *
 * @param result sums over the split
 * @param text what the split holds
 * @param languages what each of its languages holds; empty where it has only one
 */
record EvaluationFigures(Result result, Text text, SortedMap<String, Text> languages) {
  private static final String HEAD = "  %-10s %12s %16s %20s %14s";
  private static final String ROW = "  %-10s %,12d %,16d %20.4f %14.4f";

  /**
   * A part of a split.
   *
   * @param sequences their number
   * @param targetBytes bytes of text that its targets stand for
   */
  record Text(long sequences, double targetBytes) {}

  void addTo(ObjectNode figures) {
    put(result.total(), text, figures);
    if (!languages.isEmpty()) {
      ObjectNode all = figures.putObject("languages");
      languages.forEach((code, of) -> put(result.languages().get(code), of, all.putObject(code)));
    }
  }

  /** A sentence on the whole, after a table of the languages where there are several. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (!languages.isEmpty()) {
      lines.add(
          HEAD.formatted(
              "language", "sequences", "target tokens", "neg. log perplexity", "nats a byte"));
      languages.forEach((code, of) -> lines.add(row(code, result.languages().get(code), of)));
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "Negative log perplexity %.4f a target token (%.4f nats a byte) over %,d target tokens.",
            result.total().negLogPerplexity(),
            result.total().crossEntropy() / text.targetBytes(),
            result.total().targetTokens()));
    return lines;
  }

  private static String row(String language, Sum sum, Text text) {
    return String.format(
        Locale.ROOT,
        ROW,
        language,
        text.sequences(),
        sum.targetTokens(),
        sum.negLogPerplexity(),
        sum.crossEntropy() / text.targetBytes());
  }

  private static void put(Sum sum, Text text, ObjectNode into) {
    into.put("negLogPerplexity", sum.negLogPerplexity());
    into.put("crossEntropySum", sum.crossEntropy());
    into.put("targetTokens", sum.targetTokens());
    into.put("natsPerByte", sum.crossEntropy() / text.targetBytes());
    sum.negLogPerplexityWithTrainingCapacity()
        .ifPresent(
            figure -> into.putObject("withTrainingCapacity").put("negLogPerplexity", figure));
    into.put("sequences", text.sequences());
  }
}
