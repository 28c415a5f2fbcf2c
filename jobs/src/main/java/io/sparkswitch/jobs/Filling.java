package io.sparkswitch.jobs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Generated spans put where they belong. */
final class Filling {
  private static final Pattern SENTINEL = Pattern.compile("<extra_id_\\d+>");

  private Filling() {}

  /**
   * Replaces each sentinel of {@code text} by the words that follow it in {@code spans}, in square
   * brackets; a sentinel that was not answered becomes {@code […]}.
   *
   * @param spans what the decoder wrote: a sentinel, its words, the next sentinel …
   */
  static String fill(String text, String spans) {
    Map<String, String> words = new LinkedHashMap<>();
    Matcher answers = SENTINEL.matcher(spans);
    int from = -1;
    String sentinel = null;
    while (answers.find()) {
      if (sentinel != null) {
        words.putIfAbsent(sentinel, spans.substring(from, answers.start()).strip());
      }
      sentinel = answers.group();
      from = answers.end();
    }
    if (sentinel != null) {
      words.putIfAbsent(sentinel, spans.substring(from).strip());
    }
    return SENTINEL
        .matcher(text)
        .replaceAll(m -> Matcher.quoteReplacement("[" + words.getOrDefault(m.group(), "…") + "]"));
  }
}
