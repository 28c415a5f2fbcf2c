package io.sparkswitch.data.clean;

import io.sparkswitch.data.clean.LineRule.Line;
import io.sparkswitch.data.clean.LineRule.Loss;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** C4's rules on lines, in its order. */
final class LineRules {
  private static final List<String> POLICIES =
      List.of(
          "terms of use",
          "privacy policy",
          "cookie policy",
          "uses cookies",
          "use of cookies",
          "use cookies");

  private LineRules() {}

  /** Those that are on. */
  static List<LineRule> of(CleaningSettings settings, BadWords words) {
    CleaningSettings.Limits limits = settings.limits();
    Predicate<String> badWord = words.insideLine();
    return List.<LineRule>of(
            new Strip(),
            new LongWord(limits.wordCharacters()),
            new CitationMarks(),
            new TerminalPunctuation(),
            new MinimumWords(limits.lineWords()),
            new Mention(RuleName.LOREM_IPSUM, List.of("lorem ipsum"), Loss.DOCUMENT),
            new Mention(RuleName.JAVASCRIPT, List.of("javascript"), Loss.LINE),
            new Mention(RuleName.CURLY_BRACKET, List.of("{"), Loss.DOCUMENT),
            new Mention(RuleName.POLICY_TEXT, POLICIES, Loss.LINE),
            new BadWordInside(badWord))
        .stream()
        .filter(rule -> settings.has(rule.name()))
        .toList();
  }

  private static Loss lossIf(Loss loss, Predicate<Line> lost, Line line) {
    return lost.test(line) ? loss : Loss.NOTHING;
  }

  private record Strip() implements LineRule {
    @Override
    public RuleName name() {
      return RuleName.STRIP;
    }

    @Override
    public Line edit(Line line) {
      return new Line(Text.strip(line.text()));
    }
  }

  private record LongWord(int characters) implements LineRule {
    @Override
    public RuleName name() {
      return RuleName.LONG_WORD;
    }

    @Override
    public Loss judge(Line line) {
      return lossIf(Loss.LINE, l -> Text.longestWord(l.text()) > characters, line);
    }
  }

  private record CitationMarks() implements LineRule {
    private static final Pattern MARK =
        Pattern.compile("\\[(?:\\d*|edit|citation needed)\\]", Pattern.UNICODE_CHARACTER_CLASS);

    @Override
    public RuleName name() {
      return RuleName.CITATION_MARKS;
    }

    @Override
    public Line edit(Line line) {
      boolean none = line.text().indexOf('[') < 0;
      return none ? line : new Line(MARK.matcher(line.text()).replaceAll(""));
    }
  }

  private record TerminalPunctuation() implements LineRule {
    private static final String MARKS = ".?!\"";

    @Override
    public RuleName name() {
      return RuleName.TERMINAL_PUNCTUATION;
    }

    @Override
    public Loss judge(Line line) {
      return lossIf(Loss.LINE, l -> !endsSentence(l.text()), line);
    }

    private static boolean endsSentence(String text) {
      return !text.isEmpty()
          && MARKS.indexOf(text.charAt(text.length() - 1)) >= 0
          && !text.endsWith("...");
    }
  }

  private record MinimumWords(int words) implements LineRule {
    @Override
    public RuleName name() {
      return RuleName.MINIMUM_WORDS;
    }

    @Override
    public Loss judge(Line line) {
      return lossIf(Loss.LINE, l -> Text.words(l.text()) < words, line);
    }
  }

  /** A line that mentions one of some texts, whatever its case. */
  private record Mention(RuleName name, List<String> texts, Loss loss) implements LineRule {
    @Override
    public Loss judge(Line line) {
      return lossIf(loss, l -> texts.stream().anyMatch(l.lower()::contains), line);
    }
  }

  private record BadWordInside(Predicate<String> found) implements LineRule {
    @Override
    public RuleName name() {
      return RuleName.BAD_WORDS_2020;
    }

    @Override
    public Loss judge(Line line) {
      return lossIf(Loss.DOCUMENT, l -> found.test(l.lower()), line);
    }
  }
}
