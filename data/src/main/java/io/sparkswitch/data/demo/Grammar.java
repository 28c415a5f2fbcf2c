package io.sparkswitch.data.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A context-free grammar from a resource file: one {@code symbol: alternative} a line, all
 * alternatives of a symbol equally likely. In an alternative, {@code {symbol}} is replaced (by the
 * same words throughout a story if it reads {@code {=symbol}}), and {@code \n} is a line break.
 */
record Grammar(Map<String, List<String>> rules) {
  static Grammar load(String resource) {
    Map<String, List<String>> rules = new LinkedHashMap<>();
    for (String line : WordList.lines(resource)) {
      int colon = line.indexOf(": ");
      if (colon <= 0) {
        throw new IllegalStateException(
            "%s: the line '%s' is not 'symbol: alternative'".formatted(resource, line));
      }
      String alternative = line.substring(colon + 2).replace("\\n", "\n");
      rules.computeIfAbsent(line.substring(0, colon), key -> new ArrayList<>()).add(alternative);
    }
    return new Grammar(rules);
  }

  /** The alternatives of a symbol. */
  List<String> alternatives(String symbol) {
    List<String> alternatives = rules.get(symbol);
    if (alternatives == null) {
      throw new IllegalStateException(
          "the grammar has no rule '%s', only %s".formatted(symbol, symbols()));
    }
    return alternatives;
  }

  Set<String> symbols() {
    return rules.keySet();
  }
}
