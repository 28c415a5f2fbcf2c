package io.sparkswitch.data.clean;

import io.sparkswitch.data.source.Document;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The rules on whole documents, in order: the first stand before the rules on lines. */
final class DocumentRules {
  private DocumentRules() {}

  /** Those that are on and come before the rules on lines. */
  static List<DocumentRule> beforeLines(CleaningSettings settings) {
    return Stream.<DocumentRule>of(new MaximumLength(settings.limits().documentCharacters()))
        .filter(rule -> settings.has(rule.name()))
        .toList();
  }

  /**
   * Those that are on and come after the rules on lines.
   *
   * @param identifier asked only if {@link RuleName#LANGUAGE} is on
   */
  static List<DocumentRule> afterLines(
      CleaningSettings settings, BadWords words, LanguageIdentifier identifier) {
    CleaningSettings.Limits limits = settings.limits();
    return Stream.<DocumentRule>of(
            new Paragraphs(settings.paragraphs()),
            new RepeatedSpans(SpanCut.sentences(limits.spanSentences())),
            new MinimumSentences(limits.sentences()),
            new Language(settings.language(), identifier),
            new BadWordAnywhere(words, settings.badWordsFilterFraction()))
        .filter(rule -> settings.has(rule.name()))
        .toList();
  }

  private static Optional<Document> keepIf(boolean kept, Document document) {
    return kept ? Optional.of(document) : Optional.empty();
  }

  private record MaximumLength(int characters) implements DocumentRule {
    @Override
    public RuleName name() {
      return RuleName.MAXIMUM_LENGTH;
    }

    @Override
    public Optional<Document> apply(Document document) {
      return keepIf(Text.length(document.text()) <= characters, document);
    }
  }

  /** The longest lines decide, always three of them, however many lines are asked for. */
  private record Paragraphs(CleaningSettings.Paragraphs needed) implements DocumentRule {
    private static final int LONGEST = 3;

    @Override
    public RuleName name() {
      return RuleName.PARAGRAPHS;
    }

    @Override
    public Optional<Document> apply(Document document) {
      List<String> lines = Text.lines(document.text());
      long longEnough =
          lines.stream().filter(line -> Text.length(line) >= needed.characters()).count();
      return keepIf(
          lines.size() >= needed.count() && longEnough >= Math.min(LONGEST, lines.size()),
          document);
    }
  }

  private record RepeatedSpans(SpanCut cut) implements DocumentRule {
    @Override
    public RuleName name() {
      return RuleName.REPEATED_SPANS;
    }

    @Override
    public Optional<Document> apply(Document document) {
      SentenceSpans spans = SentenceSpans.of(document, cut);
      return spans.without(spans.repeated(), 0);
    }
  }

  private record MinimumSentences(int sentences) implements DocumentRule {
    @Override
    public RuleName name() {
      return RuleName.MINIMUM_SENTENCES;
    }

    @Override
    public Optional<Document> apply(Document document) {
      int found = 0;
      for (String line : Text.lines(document.text())) {
        found += Sentences.count(line);
        if (found >= sentences) {
          return Optional.of(document);
        }
      }
      return Optional.empty();
    }
  }

  /** What goes on bears the language that was found. */
  private record Language(CleaningSettings.WantedLanguage wanted, LanguageIdentifier identifier)
      implements DocumentRule {
    @Override
    public RuleName name() {
      return RuleName.LANGUAGE;
    }

    @Override
    public Optional<Document> apply(Document document) {
      LanguageIdentifier.Guess guess = identifier.identify(document.text());
      boolean known = !guess.language().equals(LanguageIdentifier.UNKNOWN);
      boolean right = wanted.code().isEmpty() || wanted.code().equals(guess.language());
      return keepIf(
          known && right && guess.confidence() >= wanted.confidence(),
          new Document(document.url(), document.text(), document.timestamp(), guess.language()));
    }
  }

  /**
   * Drops by the digest of the normalised URL, so that the same documents go in every run: the
   * fraction as the exact ratio of its double, as in C4.
   */
  private record BadWordAnywhere(BadWords words, BigInteger dropped, BigInteger outOf)
      implements DocumentRule {
    BadWordAnywhere(BadWords words, double fraction) {
      this(words, new BigDecimal(fraction));
    }

    private BadWordAnywhere(BadWords words, BigDecimal fraction) {
      this(words, fraction.unscaledValue(), BigInteger.TEN.pow(Math.max(0, fraction.scale())));
    }

    BadWordAnywhere {
      BigInteger common = dropped.gcd(outOf);
      dropped = dropped.divide(common);
      outOf = outOf.divide(common);
    }

    @Override
    public RuleName name() {
      return RuleName.BAD_WORDS;
    }

    @Override
    public Optional<Document> apply(Document document) {
      return keepIf(
          !words.in(document.text(), document.language()) || isSpared(document.url()), document);
    }

    private boolean isSpared(String url) {
      BigInteger digest = TextKey.of(UrlKey.normalise(url)).number();
      return digest.mod(outOf).compareTo(dropped) >= 0;
    }
  }
}
