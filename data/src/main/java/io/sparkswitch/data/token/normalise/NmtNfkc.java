package io.sparkswitch.data.token.normalise;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rules of SentencePiece's {@code nmt_nfkc}: NFKC, spelled out as replacements of characters
 * and of sequences that compose, with what translation models add. The Unicode version is that of
 * the running JDK (13 for Java 17).
 */
final class NmtNfkc {
  /** Become a space: controls that break lines, and characters without width or meaning. */
  private static final String SPACES =
      "\t\n\f\r\u1680\u200b\u200c\u200e\u200f\u2028\u2029\u2581\ufeff\ufffd";

  private static final int LAST_CONTROL = 0x1F;
  private static final int[] OTHER_CONTROLS = {0x7F, 0x8F, 0x9F};

  /** Stays as it is: Japanese tells it from the narrow tilde. */
  private static final int WIDE_TILDE = 0xFF5E;

  private final Map<String, String> rules = new TreeMap<>();

  /** By a character that decomposes no further, all characters that decompose to it alone. */
  private final Map<Integer, List<Integer>> variants = new HashMap<>();

  private final TreeSet<String> decompositions = new TreeSet<>();

  private NmtNfkc() {}

  /** Replacement by string; text is normalised by the longest string at each place. */
  static Map<String, String> rules() {
    NmtNfkc map = new NmtNfkc();
    map.collectCharacters();
    map.decompositions.forEach(map::addSequences);
    map.addTranslationRules();
    return map.withoutRedundant();
  }

  private void collectCharacters() {
    for (int point = 1; point <= Character.MAX_CODE_POINT; point++) {
      if (!isCharacter(point)) {
        continue;
      }
      String text = Character.toString(point);
      String composed = Normalizer.normalize(text, Form.NFKC);
      if (!composed.equals(text)) {
        rules.put(text, composed);
      }
      String decomposed = Normalizer.normalize(text, Form.NFKD);
      if (decomposed.codePointCount(0, decomposed.length()) > 1) {
        decompositions.add(decomposed);
      } else {
        variants.computeIfAbsent(decomposed.codePointAt(0), p -> new ArrayList<>()).add(point);
      }
    }
  }

  /** What is not assigned, or private, is not normalised either. */
  private static boolean isCharacter(int point) {
    int type = Character.getType(point);
    return type != Character.UNASSIGNED
        && type != Character.SURROGATE
        && type != Character.PRIVATE_USE;
  }

  /** Each spelling of a decomposition, where the decomposition composes. */
  private void addSequences(String decomposition) {
    String composed = Normalizer.normalize(decomposition, Form.NFC);
    if (composed.equals(decomposition)) {
      return;
    }
    List<String> spellings = List.of("");
    for (int point : decomposition.codePoints().toArray()) {
      List<String> longer = new ArrayList<>();
      for (String spelling : spellings) {
        variants.get(point).forEach(variant -> longer.add(spelling + Character.toString(variant)));
      }
      spellings = longer;
    }
    for (String spelling : spellings) {
      if (!spelling.equals(composed)) {
        rules.put(spelling, composed);
      }
    }
  }

  private void addTranslationRules() {
    for (int control = 1; control <= LAST_CONTROL; control++) {
      rules.put(Character.toString(control), "");
    }
    for (int control : OTHER_CONTROLS) {
      rules.put(Character.toString(control), "");
    }
    SPACES.codePoints().forEach(space -> rules.put(Character.toString(space), " "));
    rules.remove(Character.toString(WIDE_TILDE));
  }

  /** Drops sequences that the shorter rules bring to the same result. */
  private Map<String, String> withoutRedundant() {
    TreeMap<Integer, Map<String, String>> byLength = new TreeMap<>();
    rules.forEach(
        (from, to) ->
            byLength
                .computeIfAbsent(from.codePointCount(0, from.length()), n -> new TreeMap<>())
                .put(from, to));
    Map<String, String> kept = new HashMap<>();
    for (Map<String, String> sameLength : byLength.values()) {
      Map<String, String> needed = new HashMap<>(sameLength);
      needed.entrySet().removeIf(rule -> apply(kept, rule.getKey()).equals(rule.getValue()));
      kept.putAll(needed);
    }
    return new TreeMap<>(kept);
  }

  private static String apply(Map<String, String> rules, String text) {
    StringBuilder result = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int end = text.length();
      while (end > at && !rules.containsKey(text.substring(at, end))) {
        end--;
      }
      if (end == at) {
        int next = text.offsetByCodePoints(at, 1);
        result.append(text, at, next);
        at = next;
      } else {
        result.append(rules.get(text.substring(at, end)));
        at = end;
      }
    }
    return result.toString();
  }
}
