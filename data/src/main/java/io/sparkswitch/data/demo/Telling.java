package io.sparkswitch.data.demo;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** One story being told. No alternative comes twice before the others of its symbol are used. */
final class Telling {
  private final Grammar grammar;
  private final Cast cast;
  private final Random random;
  private final Set<String> used = new HashSet<>();
  private final Map<String, String> kept = new HashMap<>();

  Telling(Grammar grammar, Cast cast, Random random) {
    this.grammar = grammar;
    this.cast = cast;
    this.random = random;
  }

  String story() {
    StringBuilder text = new StringBuilder();
    for (String part : pick("story").split(" ")) {
      String sentence = capitalised(expand(part, null));
      if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
        text.append(sentence.startsWith("\n") ? "" : " ");
      }
      text.append(sentence);
    }
    return text.toString();
  }

  private String pick(String symbol) {
    List<String> alternatives = grammar.alternatives(symbol);
    int from = random.nextInt(alternatives.size());
    for (int i = 0; i < alternatives.size(); i++) {
      String alternative = alternatives.get((from + i) % alternatives.size());
      if (used.add(alternative)) {
        return alternative;
      }
    }
    return alternatives.get(from);
  }

  /** Replaces every slot of a template; {@code person} is whom it speaks of, if of anybody. */
  private String expand(String template, Person person) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    for (int open = template.indexOf('{'); open >= 0; open = template.indexOf('{', at)) {
      int close = template.indexOf('}', open);
      text.append(template, at, open).append(slot(template.substring(open + 1, close), person));
      at = close + 1;
    }
    return text.append(template, at, template.length()).toString();
  }

  private String slot(String slot, Person person) {
    if (slot.startsWith("fact:")) {
      String role = slot.substring("fact:".length());
      return expand(pick(cast.fresh(role).symbol()), cast.person(role));
    }
    if (slot.startsWith("again:")) {
      String role = slot.substring("again:".length());
      return expand(pick(cast.known(role).symbol()), cast.person(role));
    }
    if (slot.startsWith("=")) {
      String kind = slot.substring(1);
      String value = kept.get(kind);
      if (value == null) {
        value = expand(pick(kind), null);
        kept.put(kind, value);
      }
      return value;
    }
    if (person != null) {
      String value = value(slot, person);
      if (value != null) {
        return value;
      }
    }
    return expand(pick(slot), null);
  }

  private static String value(String slot, Person person) {
    if (slot.equals("name")) {
      return person.name();
    }
    if (slot.equals("first")) {
      return person.first();
    }
    for (Attribute attribute : Attribute.values()) {
      String value = person.facts().get(attribute);
      if (slot.equals(attribute.symbol())) {
        return value;
      }
      if (slot.equals("a:" + attribute.symbol())) {
        return ("aeiou".indexOf(value.charAt(0)) >= 0 ? "an " : "a ") + value;
      }
    }
    return null;
  }

  /** A capital in front, and after every quotation mark that opens. */
  private static String capitalised(String sentence) {
    StringBuilder text = new StringBuilder(sentence);
    for (int i = 0; i < text.length(); i++) {
      char before = i == 0 ? '\n' : text.charAt(i - 1);
      boolean opened = before == '"' && (i == 1 || Character.isWhitespace(text.charAt(i - 2)));
      if (before == '\n' || opened) {
        text.setCharAt(i, Character.toUpperCase(text.charAt(i)));
      }
    }
    return text.toString();
  }
}
