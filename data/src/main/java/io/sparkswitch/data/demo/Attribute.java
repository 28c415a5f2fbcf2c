package io.sparkswitch.data.demo;

import java.util.Locale;

/** What is known of everybody: four facts that no story contradicts. */
enum Attribute {
  TOWN("towns.txt"),
  TRADE("trades.txt"),
  COMPANION("companions.txt"),
  DISH("dishes.txt");

  private final String resource;

  Attribute(String resource) {
    this.resource = resource;
  }

  /** Its name in the grammars: the rule that states it, and the slot that holds its value. */
  String symbol() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Its {@value World#VALUES} values. */
  WordList lexicon() {
    return WordList.load(resource, World.VALUES);
  }
}
