package io.sparkswitch.jobs;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model wrote for the masked spans of a sentence. A span is found by its sentinel wherever
 * that stands: spans may be missing, out of order or not asked for; of a sentinel that comes twice
 * the first counts, and words before any sentinel belong nowhere.
 *
 * @param spans the words of each sentinel, by its number
 */
record Filling(Map<Integer, String> spans) {
  private static final Pattern SENTINEL = Pattern.compile("<extra_id_(\\d{1,9})>");

  Filling {
    spans = Map.copyOf(spans);
  }

  /** Whether a text has a sentinel: without, what the decoder writes is an answer to all of it. */
  static boolean asks(String text) {
    return SENTINEL.matcher(text).find();
  }

  /**
   * @param answer what the decoder wrote: a sentinel, its words, the next sentinel …
   */
  static Filling parse(String answer) {
    Map<Integer, String> spans = new HashMap<>();
    Matcher sentinel = SENTINEL.matcher(answer);
    boolean more = sentinel.find();
    while (more) {
      int number = number(sentinel.toMatchResult());
      int from = sentinel.end();
      more = sentinel.find();
      int to = more ? sentinel.start() : answer.length();
      spans.putIfAbsent(number, answer.substring(from, to).strip());
    }
    return new Filling(spans);
  }

  /**
   * Replaces each sentinel of {@code text} by its words, in square brackets; a sentinel that was
   * not answered becomes {@code […]}.
   */
  String into(String text) {
    return SENTINEL
        .matcher(text)
        .replaceAll(
            match -> Matcher.quoteReplacement("[" + spans.getOrDefault(number(match), "…") + "]"));
  }

  private static int number(MatchResult sentinel) {
    return Integer.parseInt(sentinel.group(1));
  }
}
