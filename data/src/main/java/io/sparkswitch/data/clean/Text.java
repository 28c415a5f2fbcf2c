package io.sparkswitch.data.clean;

import java.util.ArrayList;
import java.util.List;

/** Lines, words and white space as Python sees them, which C4's rules are written in. */
final class Text {
  private Text() {}

  /** The lines without their ends; text that ends with a line end has no empty line after it. */
  static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < text.length(); i++) {
      if (endsLine(text.charAt(i))) {
        lines.add(text.substring(begin, i));
        boolean pair =
            text.charAt(i) == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
        i += pair ? 1 : 0;
        begin = i + 1;
      }
    }
    if (begin < text.length()) {
      lines.add(text.substring(begin));
    }
    return lines;
  }

  /** Without white space at both ends. */
  static String strip(String text) {
    int begin = 0;
    int end = text.length();
    while (begin < end && isSpace(text.charAt(begin))) {
      begin++;
    }
    while (end > begin && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(begin, end);
  }

  /** How many words there are between white space. */
  static int words(String text) {
    int words = 0;
    for (int i = 0; i < text.length(); i++) {
      boolean first = i == 0 || isSpace(text.charAt(i - 1));
      words += first && !isSpace(text.charAt(i)) ? 1 : 0;
    }
    return words;
  }

  /** Code points of the longest word. */
  static int longestWord(String text) {
    int longest = 0;
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      length = isSpace(c) ? 0 : length + (Character.isLowSurrogate(c) ? 0 : 1);
      longest = Math.max(longest, length);
    }
    return longest;
  }

  /** Code points, not UTF-16 units. */
  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** Whether it is white space; no code point outside the basic plane is. */
  static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  private static boolean endsLine(char c) {
    return switch (c) {
      case '\n', '\r', '\u000b', '\f', '\u001c', '\u001d', '\u001e', '\u0085', '\u2028', '\u2029' ->
          true;
      default -> false;
    };
  }
}
