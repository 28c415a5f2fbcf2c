package io.sparkswitch.data.clean;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Bad words by language code. Immutable; the lists come from the caller. */
public final class BadWords implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Set<String> WITHOUT_SPACES = Set.of("ja", "th", "zh");

  /** Words by language and first character, lower-cased. */
  private final HashMap<String, HashMap<Character, ArrayList<String>>> words = new HashMap<>();

  private BadWords() {}

  /**
   * Takes words as text, never as a pattern; empty ones are passed over.
   *
   * @param words lists by language code as mC4 writes it; the empty code stands for documents that
   *     name no language
   */
  public static BadWords of(Map<String, List<String>> words) {
    BadWords all = new BadWords();
    words.forEach(
        (language, list) -> {
          HashMap<Character, ArrayList<String>> byFirst =
              all.words.computeIfAbsent(language, l -> new HashMap<>());
          list.stream()
              .map(word -> Text.strip(word).toLowerCase(Locale.ROOT))
              .filter(word -> !word.isEmpty())
              .distinct()
              .forEach(
                  word ->
                      byFirst.computeIfAbsent(word.charAt(0), c -> new ArrayList<>()).add(word));
        });
    return all;
  }

  /** No word in any language. */
  public static BadWords none() {
    return of(Map.of());
  }

  /**
   * Whether a lower-cased line has an English word with a character before and one after it,
   * neither of a to z. A word at either end of the line is not seen: so it was in 2020.
   */
  Predicate<String> insideLine() {
    HashMap<Character, ArrayList<String>> english = words.getOrDefault("en", new HashMap<>());
    return line ->
        found(
            english,
            line,
            (begin, end) ->
                begin > 0
                    && end < line.length()
                    && !isEnglishLetter(line.charAt(begin - 1))
                    && !isEnglishLetter(line.charAt(end)));
  }

  /**
   * Whether a text has a word of its language, whatever its case, that stands by itself where the
   * language puts spaces between words.
   *
   * @param language code; what follows a hyphen is not looked at
   */
  boolean in(String text, String language) {
    int hyphen = language.indexOf('-');
    String code = hyphen < 0 ? language : language.substring(0, hyphen);
    HashMap<Character, ArrayList<String>> own = words.get(code);
    if (own == null) {
      return false;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    return WITHOUT_SPACES.contains(code)
        ? found(own, lower, (begin, end) -> true)
        : found(own, lower, (begin, end) -> standsAlone(lower, begin, end));
  }

  /** Whether a word may be where it is, from begin to before end. */
  private interface Place {
    boolean fits(int begin, int end);
  }

  private static boolean found(
      HashMap<Character, ArrayList<String>> words, String text, Place place) {
    for (int i = 0; i < text.length(); i++) {
      ArrayList<String> candidates = words.get(text.charAt(i));
      if (candidates != null) {
        for (String word : candidates) {
          if (text.startsWith(word, i) && place.fits(i, i + word.length())) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean standsAlone(String text, int begin, int end) {
    return (begin == 0 || !isWordCharacter(text.codePointBefore(begin)))
        && (end == text.length() || !isWordCharacter(text.codePointAt(end)));
  }

  private static boolean isEnglishLetter(char c) {
    return c >= 'a' && c <= 'z';
  }

  /** Letters, numbers of all kinds and the underscore, but no combining mark: Python's \w. */
  private static boolean isWordCharacter(int c) {
    int type = Character.getType(c);
    return Character.isLetterOrDigit(c)
        || c == '_'
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER;
  }
}
