package io.sparkswitch.data.clean;

import io.sparkswitch.data.clean.LineRule.Line;
import io.sparkswitch.data.source.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An ordered list of rules: some on the whole document, then those on lines, then the other ones on
 * the whole. Every line goes through all rules on lines before the next line does, so that the
 * first line that costs the document decides by which rule. Immutable, safe between threads; a
 * Spark task makes its own from the settings.
 */
public final class Cleaner {
  private final List<DocumentRule> before;
  private final List<LineRule> lines;
  private final List<DocumentRule> after;
  private final boolean strips;

  private Cleaner(CleaningSettings settings, BadWords words, LanguageIdentifier identifier) {
    this.before = DocumentRules.beforeLines(settings);
    this.lines = LineRules.of(settings, words);
    this.after = DocumentRules.afterLines(settings, words, identifier);
    this.strips = settings.has(RuleName.STRIP);
  }

  /** A cleaner that tells languages by letter n-grams; loads their profiles only if it must. */
  public static Cleaner of(CleaningSettings settings, BadWords words) {
    boolean identifies = settings.has(RuleName.LANGUAGE);
    return new Cleaner(settings, words, identifies ? NgramLanguageIdentifier.shared() : null);
  }

  /** A cleaner that asks this identifier for the language. */
  public static Cleaner of(
      CleaningSettings settings, BadWords words, LanguageIdentifier identifier) {
    return new Cleaner(settings, words, identifier);
  }

  /** Cleans one document. */
  public Outcome clean(Document document) {
    return new Run().clean(document);
  }

  /** The counts of one document on its way. */
  private final class Run {
    private final Map<String, Long> dropped = new TreeMap<>();
    private long passed;

    Outcome clean(Document document) {
      Document current = document;
      for (DocumentRule rule : before) {
        Optional<Document> next = rule.apply(current);
        if (next.isEmpty()) {
          return lost(rule.name());
        }
        current = next.get();
      }
      if (!lines.isEmpty()) {
        List<String> kept = new ArrayList<>();
        Optional<RuleName> loss = cleanLines(current, kept);
        if (loss.isPresent()) {
          return lost(loss.get());
        }
        current = withText(current, kept);
      }
      return finish(current);
    }

    private Outcome finish(Document document) {
      Document current = document;
      for (DocumentRule rule : after) {
        Optional<Document> next = rule.apply(current);
        if (next.isEmpty()) {
          return lost(rule.name());
        }
        long gone = lineCount(current) - lineCount(next.get());
        if (gone > 0) {
          dropped.merge(rule.name().word(), gone, Long::sum);
        }
        current = next.get();
      }
      return new Outcome.Kept(current, counts());
    }

    /** Adds the lines that stay, until one costs the document: then the rule is returned. */
    private Optional<RuleName> cleanLines(Document document, List<String> kept) {
      for (String text : Text.lines(document.text())) {
        Line line = new Line(text);
        LineRule.Loss loss = LineRule.Loss.NOTHING;
        for (LineRule rule : lines) {
          line = rule.edit(line);
          loss = rule.judge(line);
          if (loss == LineRule.Loss.DOCUMENT) {
            return Optional.of(rule.name());
          }
          if (loss == LineRule.Loss.LINE) {
            dropped.merge(rule.name().word(), 1L, Long::sum);
            break;
          }
        }
        if (loss == LineRule.Loss.NOTHING) {
          kept.add(line.text());
          passed++;
        }
      }
      return Optional.empty();
    }

    private Outcome lost(RuleName rule) {
      return new Outcome.Dropped(rule.word(), counts());
    }

    private Outcome.Lines counts() {
      return new Outcome.Lines(passed, dropped);
    }
  }

  private Document withText(Document document, List<String> kept) {
    String text = String.join("\n", kept);
    return new Document(
        document.url(),
        strips ? Text.strip(text) : text,
        document.timestamp(),
        document.language());
  }

  private static long lineCount(Document document) {
    return document.text().isEmpty()
        ? 0
        : 1 + document.text().chars().filter(c -> c == '\n').count();
  }
}
