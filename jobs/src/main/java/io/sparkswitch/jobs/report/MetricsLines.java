package io.sparkswitch.jobs.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/**
 * Reads {@code metrics.jsonl}. A run that was resumed may report a step twice: the later line
 * counts. A last line without a line end is one that was being written, and is left out.
 */
final class MetricsLines {
  /** Encoder before decoder, then by number: {@code encoder.3} before {@code encoder.11}. */
  static final Comparator<String> LAYER_ORDER =
      Comparator.comparing((String name) -> !name.startsWith("encoder"))
          .thenComparingInt(MetricsLines::layerNumber)
          .thenComparing(Comparator.naturalOrder());

  private MetricsLines() {}

  static List<Interval> parse(String text, String file) {
    Map<Long, Interval> bySteps = new TreeMap<>();
    int start = 0;
    int line = 1;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start), line++) {
      String content = text.substring(start, end).strip();
      start = end + 1;
      if (!content.isEmpty()) {
        Interval interval = interval(JsonText.parse(content, file + " line " + line));
        bySteps.put(interval.step(), interval);
      }
    }
    return new ArrayList<>(bySteps.values());
  }

  private static Interval interval(JsonNode line) {
    Map<String, LayerInterval> layers = new TreeMap<>(LAYER_ORDER);
    line.path("layers")
        .properties()
        .forEach(field -> layers.put(field.getKey(), layer(field.getValue())));
    return new Interval(
        line.path("step").asLong(),
        JsonText.number(line.path("loss")),
        JsonText.number(line.path("validationLoss")),
        layers);
  }

  private static LayerInterval layer(JsonNode layer) {
    double[] usage =
        StreamSupport.stream(layer.path("expertUsage").spliterator(), false)
            .mapToDouble(share -> JsonText.number(share).orElse(0))
            .toArray();
    return new LayerInterval(
        JsonText.number(layer.path("fractionTokensLeftBehind")),
        JsonText.number(layer.path("routerConfidence")),
        usage);
  }

  private static int layerNumber(String name) {
    String digits = name.replaceAll("\\D", "");
    return digits.isEmpty() || digits.length() > 6 ? 0 : Integer.parseInt(digits);
  }
}
