package io.sparkswitch.data.clean;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The rules of cleaning, in the order in which a document meets them. */
public enum RuleName {
  /** Drops a document of too many characters. */
  MAXIMUM_LENGTH,
  /** Takes white space from both ends of a line; drops nothing. */
  STRIP,
  /** Drops a line with an overlong word. */
  LONG_WORD,
  /** Takes marks such as {@code [3]} or {@code [edit]} out of a line; drops nothing. */
  CITATION_MARKS,
  /** Drops a line that does not end as a sentence does. */
  TERMINAL_PUNCTUATION,
  /** Drops a line of too few words. */
  MINIMUM_WORDS,
  /** Drops a document of placeholder text. */
  LOREM_IPSUM,
  /** Drops a line that speaks of JavaScript. */
  JAVASCRIPT,
  /** Drops a document that probably holds program code. */
  CURLY_BRACKET,
  /** Drops a line on cookies, privacy or terms of use. */
  POLICY_TEXT,
  /** Drops a document with an English bad word inside a line, as C4's version of 2020 did. */
  BAD_WORDS_2020,
  /** Drops a document without long lines, as mC4 does instead of the rules on lines. */
  PARAGRAPHS,
  /** Takes spans of sentences that the document has said before out of it. */
  REPEATED_SPANS,
  /** Drops a document of too few sentences. */
  MINIMUM_SENTENCES,
  /** Drops a document whose language is not the wanted one, or not certain. */
  LANGUAGE,
  /** Drops a document with a bad word of its language; a share of them may stay. */
  BAD_WORDS;

  /** The name in counts and settings, in kebab case: {@code terminal-punctuation}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The rule of that word.
   *
   * @throws IllegalArgumentException if there is none, naming those there are
   */
  public static RuleName of(String word) {
    return Arrays.stream(values())
        .filter(rule -> rule.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no cleaning rule is called %s: use some of %s"
                        .formatted(
                            word,
                            Arrays.stream(values())
                                .map(RuleName::word)
                                .collect(Collectors.joining(", ")))));
  }
}
