package io.sparkswitch.data.demo;

import java.util.Locale;

/** Kinds of stories, each with a grammar and a lexicon of its own. */
enum Genre {
  LETTER,
  NEWS,
  DIARY,
  TALE,
  MARKET,
  DIALOGUE;

  private final Grammar grammar = Grammar.load(name().toLowerCase(Locale.ROOT) + ".txt");

  Grammar grammar() {
    return grammar;
  }

  /** Its name in addresses. */
  String path() {
    return name().toLowerCase(Locale.ROOT);
  }
}
