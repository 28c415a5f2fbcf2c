package io.sparkswitch.data.clean;

import java.io.Serializable;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a {@link Cleaner} does. Numbers of rules that are not in the set are without effect.
 *
 * @param rules the rules that are on; their order is always that of {@link RuleName}
 * @param limits numbers of the rules of C4
 * @param paragraphs what mC4 asks of long lines
 * @param language what is asked of the language
 * @param badWordsFilterFraction share of the documents with a bad word that {@link
 *     RuleName#BAD_WORDS} drops, chosen by URL, in [0, 1]
 */
public record CleaningSettings(
    Set<RuleName> rules,
    Limits limits,
    Paragraphs paragraphs,
    WantedLanguage language,
    double badWordsFilterFraction)
    implements Serializable {

  public CleaningSettings {
    EnumSet<RuleName> copy = EnumSet.noneOf(RuleName.class);
    copy.addAll(rules);
    rules = Collections.unmodifiableSet(copy);
    if (!(badWordsFilterFraction >= 0 && badWordsFilterFraction <= 1)) {
      throw new IllegalArgumentException(
          "bad words filter fraction %s: a number from 0 to 1 is needed"
              .formatted(badWordsFilterFraction));
    }
  }

  /**
   * Numbers of the rules of C4, none below 1.
   *
   * @param wordCharacters code points of the longest word that a line may have
   * @param lineWords words that a line needs
   * @param sentences sentences that a document needs
   * @param documentCharacters code points that a document may have
   * @param spanSentences sentences in a span that may not come twice
   */
  public record Limits(
      int wordCharacters, int lineWords, int sentences, int documentCharacters, int spanSentences)
      implements Serializable {
    public Limits {
      positive("longest word", wordCharacters);
      positive("words a line", lineWords);
      positive("sentences a document", sentences);
      positive("characters a document", documentCharacters);
      positive("sentences a span", spanSentences);
    }

    /** The numbers of C4. */
    public static Limits c4() {
      return new Limits(1000, 5, 3, 190_000, 3);
    }
  }

  /**
   * The lines that a document of mC4 needs.
   *
   * @param count how many, of any length
   * @param characters code points that each of the three longest lines has at least
   */
  public record Paragraphs(int count, int characters) implements Serializable {
    public Paragraphs {
      positive("paragraphs", count);
      positive("characters a paragraph", characters);
    }
  }

  /**
   * What is asked of a document's language.
   *
   * @param code the one language wanted, as mC4 writes it; empty for any
   * @param confidence the least confidence of the guess, in [0, 1]
   */
  public record WantedLanguage(String code, double confidence) implements Serializable {
    public WantedLanguage {
      if (!(confidence >= 0 && confidence <= 1)) {
        throw new IllegalArgumentException(
            "language confidence %s: a number from 0 to 1 is needed".formatted(confidence));
      }
    }
  }

  /** C4 in English as the paper uses it, without repetition within a document. */
  public static CleaningSettings c4() {
    EnumSet<RuleName> rules = EnumSet.allOf(RuleName.class);
    rules.remove(RuleName.PARAGRAPHS);
    rules.remove(RuleName.BAD_WORDS);
    return of(rules, new WantedLanguage("en", 0.99));
  }

  /** mC4: any language, long lines instead of terminal punctuation. */
  public static CleaningSettings mc4() {
    return of(
        EnumSet.of(
            RuleName.MAXIMUM_LENGTH,
            RuleName.STRIP,
            RuleName.PARAGRAPHS,
            RuleName.LANGUAGE,
            RuleName.BAD_WORDS),
        new WantedLanguage("", 0.7));
  }

  /** No rule: every document stays as it is. */
  public static CleaningSettings off() {
    return of(EnumSet.noneOf(RuleName.class), new WantedLanguage("", 0));
  }

  /** The same with just these rules. */
  public CleaningSettings withRules(Collection<RuleName> only) {
    return new CleaningSettings(
        Set.copyOf(only), limits, paragraphs, language, badWordsFilterFraction);
  }

  boolean has(RuleName rule) {
    return rules.contains(rule);
  }

  private static CleaningSettings of(Set<RuleName> rules, WantedLanguage language) {
    return new CleaningSettings(rules, Limits.c4(), new Paragraphs(3, 200), language, 1);
  }

  private static void positive(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s %d: at least 1 is needed".formatted(what, value));
    }
  }
}
