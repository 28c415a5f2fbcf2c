package io.sparkswitch.jobs.conf;

import io.sparkswitch.data.clean.CleaningSettings;
import io.sparkswitch.data.clean.CleaningSettings.Limits;
import io.sparkswitch.data.clean.CleaningSettings.Paragraphs;
import io.sparkswitch.data.clean.CleaningSettings.WantedLanguage;
import io.sparkswitch.data.clean.RuleName;
import io.sparkswitch.data.pipeline.cut.Cleaning.Duplicates;
import java.io.Serializable;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** Section {@code prepare}: how documents become shards. */
public record PrepareSettings(
    String rules,
    String language,
    double languageConfidence,
    int wordCharacters,
    int lineWords,
    int sentences,
    int documentCharacters,
    int spanSentences,
    int paragraphs,
    int paragraphCharacters,
    double badWordsFilterFraction,
    Duplicates duplicates,
    double quarantineShare)
    implements Serializable {
  private static final String ANY = "any";

  public PrepareSettings {
    try {
      rules(rules);
    } catch (IllegalArgumentException e) {
      Require.that(false, "prepare.rules", rules, "none, c4, mc4, or rules: " + e.getMessage());
    }
    Require.that(!language.isBlank(), "prepare.language", language, "a code such as en, or any");
    share("prepare.language-confidence", languageConfidence);
    Require.positive("prepare.word-characters", wordCharacters);
    Require.positive("prepare.line-words", lineWords);
    Require.positive("prepare.sentences", sentences);
    Require.positive("prepare.document-characters", documentCharacters);
    Require.positive("prepare.span-sentences", spanSentences);
    Require.positive("prepare.paragraphs", paragraphs);
    Require.positive("prepare.paragraph-characters", paragraphCharacters);
    share("prepare.bad-words-filter-fraction", badWordsFilterFraction);
    share("prepare.quarantine-share", quarantineShare);
  }

  /** The rules and their numbers. */
  public CleaningSettings cleaning() {
    return new CleaningSettings(
        rules(rules),
        new Limits(wordCharacters, lineWords, sentences, documentCharacters, spanSentences),
        new Paragraphs(paragraphs, paragraphCharacters),
        new WantedLanguage(language.equals(ANY) ? "" : language, languageConfidence),
        badWordsFilterFraction);
  }

  private static Set<RuleName> rules(String words) {
    return switch (words) {
      case "none" -> Set.of();
      case "c4" -> CleaningSettings.c4().rules();
      case "mc4" -> CleaningSettings.mc4().rules();
      default -> {
        EnumSet<RuleName> rules = EnumSet.noneOf(RuleName.class);
        Arrays.stream(words.split(",")).map(String::strip).map(RuleName::of).forEach(rules::add);
        yield rules;
      }
    };
  }

  private static void share(String key, double value) {
    Require.that(value >= 0 && value <= 1, key, value, "from 0 to 1");
  }
}
