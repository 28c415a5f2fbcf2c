package io.sparkswitch.data.token;

import java.util.ArrayList;
import java.util.List;

/**
 * Text to the words a vocabulary is trained on, as SentencePiece splits it: at spaces, each word
 * beginning with {@link #SPACE_MARK}. Pure, safe from any thread.
 */
public final class Words {
  /** U+2581, which stands for a space in pieces. */
  public static final char SPACE_MARK = '\u2581';

  private Words() {}

  /** The words of {@code text} in order; empty where it holds nothing but spaces. */
  public static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    int length = text.length();
    int at = 0;
    while (at < length) {
      while (at < length && isSpace(text.charAt(at))) {
        at++;
      }
      int from = at;
      while (at < length && !isSpace(text.charAt(at))) {
        at++;
      }
      if (at > from) {
        words.add(SPACE_MARK + text.substring(from, at));
      }
    }
    return words;
  }

  /**
   * The words of {@code text} cut where no piece reaches across, which trains the same pieces from
   * fewer distinct strings.
   *
   * @param longest code points; what is longer is cut too
   */
  public static List<String> runs(String text, int longest) {
    List<String> runs = new ArrayList<>();
    split(text).forEach(word -> runs.addAll(ScriptRuns.of(word, longest)));
    return runs;
  }

  /**
   * Every kind of space as U+0020, line breaks included. T5's own models do this in their
   * normaliser; a model with the {@code identity} normaliser would take a line break for an unknown
   * character.
   */
  static String plainSpaces(String text) {
    int length = text.length();
    int first = 0;
    while (first < length && (text.charAt(first) == ' ' || !isSpace(text.charAt(first)))) {
      first++;
    }
    if (first == length) {
      return text;
    }
    char[] chars = text.toCharArray();
    for (int i = first; i < length; i++) {
      if (isSpace(chars[i])) {
        chars[i] = ' ';
      }
    }
    return new String(chars);
  }

  /** Whether {@link #plainSpaces} makes it a space. */
  static boolean isSpace(char c) {
    return switch (c) {
      case ' ', '\t', '\n', '\f', '\r', '\0', SPACE_MARK -> true;
      default -> c > '\u007f' && Character.isSpaceChar(c);
    };
  }
}
