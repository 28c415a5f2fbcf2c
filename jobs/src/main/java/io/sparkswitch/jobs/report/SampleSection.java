package io.sparkswitch.jobs.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sentences whose masked spans a model filled, the filled spans marked. */
final class SampleSection {
  private static final Pattern SENTINEL = Pattern.compile("<extra_id_(\\d{1,2})>");

  private final List<Sample> samples;

  SampleSection(List<Sample> samples) {
    this.samples = List.copyOf(samples);
  }

  void write(Html html) {
    if (samples.isEmpty()) {
      return;
    }
    html.open("section").element("h2", "What was learnt: filled spans");
    html.element(
        "p",
        "The marked words are the model’s own; everything else was given to it.",
        "class",
        "note");
    Map<String, List<Sample>> byInput = new LinkedHashMap<>();
    for (Sample sample : samples) {
      byInput.computeIfAbsent(sample.input(), key -> new ArrayList<>()).add(sample);
    }
    html.open("ol", "class", "samples");
    for (List<Sample> answers : byInput.values()) {
      html.open("li");
      answers.forEach(answer -> filled(html, answer));
      html.close();
    }
    html.close().close();
  }

  private static void filled(Html html, Sample sample) {
    Map<String, String> spans = spans(sample.spans());
    Matcher sentinel = SENTINEL.matcher(sample.input());
    int start = 0;
    html.open("p").element("span", sample.role().label() + ": ", "class", "note");
    while (sentinel.find()) {
      html.text(sample.input().substring(start, sentinel.start()));
      String span = spans.getOrDefault(sentinel.group(), "");
      html.element("mark", span.isEmpty() ? "[nothing]" : span);
      start = sentinel.end();
    }
    html.text(sample.input().substring(start)).close();
  }

  /** What follows each sentinel, up to the next; a sentinel said twice keeps its first span. */
  private static Map<String, String> spans(String output) {
    Map<String, String> spans = new HashMap<>();
    Matcher sentinel = SENTINEL.matcher(output);
    String name = "";
    int start = 0;
    while (sentinel.find()) {
      spans.putIfAbsent(name, output.substring(start, sentinel.start()).strip());
      name = sentinel.group();
      start = sentinel.end();
    }
    spans.putIfAbsent(name, output.substring(start).strip());
    return spans;
  }
}
