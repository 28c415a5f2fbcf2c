package io.sparkswitch.data.clean;

/** Guesses the language of a text: the same guess for the same text, between threads. */
public interface LanguageIdentifier {
  /** mC4's code of a language that nobody can tell. */
  String UNKNOWN = "und";

  /** The likeliest language, or {@link #UNKNOWN} with confidence 0. */
  Guess identify(String text);

  /**
   * A language and how likely it is.
   *
   * @param language code as mC4 writes it
   * @param confidence from 0 to 1
   */
  record Guess(String language, double confidence) {}
}
