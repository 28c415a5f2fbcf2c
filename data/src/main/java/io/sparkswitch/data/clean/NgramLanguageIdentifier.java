package io.sparkswitch.data.clean;

import com.optimaize.langdetect.DetectedLanguage;
import com.optimaize.langdetect.LanguageDetector;
import com.optimaize.langdetect.LanguageDetectorBuilder;
import com.optimaize.langdetect.ngram.NgramExtractors;
import com.optimaize.langdetect.profiles.LanguageProfileReader;
import com.optimaize.langdetect.text.CommonTextObjectFactories;
import com.optimaize.langdetect.text.TextObjectFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.Character.UnicodeScript;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The detector of letter n-grams in Java, of one family with the one C4 used; it tells about
 * seventy languages apart by the first characters of a text. Its profiles are loaded once in a JVM.
 */
final class NgramLanguageIdentifier implements LanguageIdentifier {
  private static final int CHARACTERS = 10_000;
  // It draws n-grams of a text at random, from the seed for every text anew.
  private static final long SEED = 0;
  private static final Map<String, String> MC4_CODES =
      Map.of("he", "iw", "tl", "fil", "zh-CN", "zh", "zh-TW", "zh");

  private static final Set<UnicodeScript> SCRIPTS =
      EnumSet.of(
          UnicodeScript.LATIN,
          UnicodeScript.CYRILLIC,
          UnicodeScript.GREEK,
          UnicodeScript.ARABIC,
          UnicodeScript.HEBREW,
          UnicodeScript.DEVANAGARI,
          UnicodeScript.BENGALI,
          UnicodeScript.GURMUKHI,
          UnicodeScript.GUJARATI,
          UnicodeScript.TAMIL,
          UnicodeScript.TELUGU,
          UnicodeScript.KANNADA,
          UnicodeScript.MALAYALAM,
          UnicodeScript.THAI,
          UnicodeScript.KHMER,
          UnicodeScript.HAN,
          UnicodeScript.HIRAGANA,
          UnicodeScript.KATAKANA,
          UnicodeScript.HANGUL);

  private final TextObjectFactory texts = CommonTextObjectFactories.forDetectingOnLargeText();
  private final LanguageDetector detector;

  private NgramLanguageIdentifier(LanguageDetector detector) {
    this.detector = detector;
  }

  static LanguageIdentifier shared() {
    return Loaded.IDENTIFIER;
  }

  @Override
  public Guess identify(String text) {
    String beginning = text.substring(0, beginningOf(text));
    if (!isOfKnownScript(beginning)) {
      return new Guess(UNKNOWN, 0);
    }
    return detector.getProbabilities(texts.create().append(beginning)).stream()
        .max(
            Comparator.comparingDouble(DetectedLanguage::getProbability)
                .thenComparing(language -> language.getLocale().toString()))
        .map(NgramLanguageIdentifier::guess)
        .orElse(new Guess(UNKNOWN, 0));
  }

  private static Guess guess(DetectedLanguage language) {
    String code = language.getLocale().toString();
    // Rounding of sums carries it past 1.
    double confidence = Math.min(1, language.getProbability());
    return new Guess(MC4_CODES.getOrDefault(code, code), confidence);
  }

  private static boolean isOfKnownScript(String text) {
    int known =
        text.codePoints()
            .filter(Character::isLetter)
            .map(c -> SCRIPTS.contains(UnicodeScript.of(c)) ? 1 : -1)
            .sum();
    return known > 0;
  }

  private static int beginningOf(String text) {
    int end = Math.min(CHARACTERS, text.length());
    boolean cut = end < text.length() && Character.isLowSurrogate(text.charAt(end));
    return cut ? end - 1 : end;
  }

  private static final class Loaded {
    private static final NgramLanguageIdentifier IDENTIFIER = load();

    private static NgramLanguageIdentifier load() {
      try {
        return new NgramLanguageIdentifier(
            LanguageDetectorBuilder.create(NgramExtractors.standard())
                .withProfiles(new LanguageProfileReader().readAllBuiltIn())
                .seed(SEED)
                .build());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot load the language profiles", e);
      }
    }
  }
}
