package io.sparkswitch.data.pipeline.cut;

import io.sparkswitch.data.clean.CleaningSettings;
import io.sparkswitch.data.clean.CleaningSettings.Limits;
import io.sparkswitch.data.clean.CleaningSettings.Paragraphs;
import io.sparkswitch.data.clean.CleaningSettings.WantedLanguage;
import io.sparkswitch.data.clean.RuleName;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Those settings of cleaning that have an effect, by name: what makes two cleanings the same. A
 * number counts only if a rule that is on, or the search for duplicates, asks for it.
 */
final class UsedSettings {
  private static final String BAD_WORDS = "bad words";
  private static final String DUPLICATES = "duplicates";

  /** All settings in one text, of rules that are off too: so earlier versions kept them. */
  private static final String EARLIER = "cleaning";

  private static final Pattern FIELD = Pattern.compile("(\\w+)=(\\[[^\\]]*\\]|[^,\\[\\]]*)");

  private UsedSettings() {}

  /**
   * @param badWords digest of the lists
   */
  static Map<String, String> of(
      CleaningSettings settings, Cleaning.Duplicates duplicates, String badWords) {
    Set<RuleName> rules = settings.rules();
    Map<String, String> used = new TreeMap<>(limits(settings, duplicates));
    String words = rules.stream().map(RuleName::word).collect(Collectors.joining(", "));
    used.put("rules", words.isEmpty() ? "none" : words);
    used.put(DUPLICATES, duplicates.toString());
    if (rules.contains(RuleName.LANGUAGE)) {
      String code = settings.language().code();
      used.put("language", code.isEmpty() ? "any" : code);
      used.put("language confidence", Double.toString(settings.language().confidence()));
    }
    if (rules.contains(RuleName.BAD_WORDS)) {
      used.put("bad words filter fraction", Double.toString(settings.badWordsFilterFraction()));
    }
    if (rules.contains(RuleName.BAD_WORDS) || rules.contains(RuleName.BAD_WORDS_2020)) {
      used.put(BAD_WORDS, badWords);
    }
    return used;
  }

  private static Map<String, String> limits(
      CleaningSettings settings, Cleaning.Duplicates duplicates) {
    Set<RuleName> rules = settings.rules();
    Limits limits = settings.limits();
    boolean cutsSpans = duplicates != Cleaning.Duplicates.KEPT;
    boolean cutsSentences = duplicates == Cleaning.Duplicates.SENTENCES;
    Map<String, Integer> used = new TreeMap<>();
    if (rules.contains(RuleName.MAXIMUM_LENGTH)) {
      used.put("characters a document", limits.documentCharacters());
    }
    if (rules.contains(RuleName.LONG_WORD)) {
      used.put("characters a word", limits.wordCharacters());
    }
    if (rules.contains(RuleName.MINIMUM_WORDS)) {
      used.put("words a line", limits.lineWords());
    }
    if (rules.contains(RuleName.MINIMUM_SENTENCES) || cutsSpans) {
      used.put("sentences a document", limits.sentences());
    }
    if (rules.contains(RuleName.REPEATED_SPANS) || cutsSentences) {
      used.put("sentences a span", limits.spanSentences());
    }
    if (rules.contains(RuleName.PARAGRAPHS)) {
      used.put("paragraphs", settings.paragraphs().count());
      used.put("characters a paragraph", settings.paragraphs().characters());
    }
    return used.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().toString()));
  }

  /** A recipe as it was kept, in the words of today; as it is if it cannot be told. */
  static Map<String, String> upgraded(Map<String, String> recipe) {
    Optional<CleaningSettings> earlier =
        Optional.ofNullable(recipe.get(EARLIER)).flatMap(UsedSettings::parsed);
    if (earlier.isEmpty()) {
      return recipe;
    }
    Map<String, String> upgraded = new TreeMap<>(recipe);
    Cleaning.Duplicates duplicates =
        Cleaning.Duplicates.valueOf(upgraded.getOrDefault(DUPLICATES, "KEPT"));
    String badWords = upgraded.getOrDefault(BAD_WORDS, "");
    upgraded.keySet().removeAll(Set.of(EARLIER, BAD_WORDS));
    upgraded.putAll(of(earlier.get(), duplicates, badWords));
    return upgraded;
  }

  private static Optional<CleaningSettings> parsed(String text) {
    Map<String, String> fields = new HashMap<>();
    Matcher field = FIELD.matcher(text);
    while (field.find()) {
      fields.put(field.group(1), field.group(2));
    }
    try {
      return Optional.of(
          new CleaningSettings(
              rules(fields.getOrDefault("rules", "?")),
              new Limits(
                  number(fields, "wordCharacters"),
                  number(fields, "lineWords"),
                  number(fields, "sentences"),
                  number(fields, "documentCharacters"),
                  number(fields, "spanSentences")),
              new Paragraphs(number(fields, "count"), number(fields, "characters")),
              new WantedLanguage(fields.getOrDefault("code", ""), share(fields, "confidence")),
              share(fields, "badWordsFilterFraction")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Set<RuleName> rules(String list) {
    EnumSet<RuleName> rules = EnumSet.noneOf(RuleName.class);
    for (String name : list.replaceAll("[\\[\\]]", "").split(", ", -1)) {
      if (!name.isEmpty()) {
        rules.add(RuleName.valueOf(name));
      }
    }
    return rules;
  }

  private static int number(Map<String, String> fields, String name) {
    return Integer.parseInt(fields.getOrDefault(name, "none"));
  }

  private static double share(Map<String, String> fields, String name) {
    return Double.parseDouble(fields.getOrDefault(name, "none"));
  }
}
