package io.sparkswitch.data.clean;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Sentences of a line: the JDK's boundaries, less those after a title, another abbreviation that a
 * capital letter may follow, or initials.
 */
final class Sentences {
  private static final BreakIterator BOUNDARIES = BreakIterator.getSentenceInstance(Locale.ROOT);
  private static final Set<String> ABBREVIATIONS =
      Set.of(
          "mr", "mrs", "ms", "messrs", "mme", "mlle", "dr", "prof", "rev", "fr", "hon", "pres",
          "gov", "sen", "rep", "gen", "col", "maj", "capt", "cmdr", "lt", "sgt", "cpl", "adm", "sr",
          "jr", "st", "mt", "ft", "ave", "blvd", "vs", "viz", "cf", "al", "fig", "figs", "eq", "ed",
          "eds", "vol", "pp", "chap", "sec", "dept", "univ", "inc", "corp", "ltd", "co", "bros",
          "jan", "feb", "apr", "aug", "sept", "oct", "nov", "dec", "approx", "ca");
  private static final Pattern INITIALS = Pattern.compile("(?:\\p{L}\\.)*\\p{L}");

  private Sentences() {}

  /** How many sentences a line has; none if it is blank. */
  static int count(String line) {
    return ends(line).size();
  }

  /**
   * Where the sentences end, each with the white space after it: the first begins at 0, every other
   * where the one before it ends, and the last ends with the line.
   */
  static List<Integer> ends(String line) {
    List<Integer> ends = new ArrayList<>();
    if (line.isBlank()) {
      return ends;
    }
    BreakIterator boundaries = (BreakIterator) BOUNDARIES.clone();
    boundaries.setText(line);
    boundaries.first();
    for (int end = boundaries.next(); end != BreakIterator.DONE; end = boundaries.next()) {
      if (end == line.length() || !followsAbbreviation(line, end)) {
        ends.add(end);
      }
    }
    return ends;
  }

  private static boolean followsAbbreviation(String line, int boundary) {
    int end = boundary;
    while (end > 0 && Text.isSpace(line.charAt(end - 1))) {
      end--;
    }
    if (end == 0 || line.charAt(end - 1) != '.') {
      return false;
    }
    int begin = end - 1;
    while (begin > 0 && isPartOfWord(line.charAt(begin - 1))) {
      begin--;
    }
    String word = line.substring(begin, end - 1);
    return INITIALS.matcher(word).matches()
        || ABBREVIATIONS.contains(word.toLowerCase(Locale.ROOT));
  }

  private static boolean isPartOfWord(char c) {
    return Character.isLetterOrDigit(c) || c == '.' || c == '\'' || c == '-';
  }
}
