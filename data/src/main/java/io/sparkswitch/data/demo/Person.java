package io.sparkswitch.data.demo;

import java.util.Map;

/**
 * Somebody of the world.
 *
 * @param rank 0 for the person mentioned most
 * @param facts the value of each attribute
 */
record Person(int rank, String first, String last, Map<Attribute, String> facts) {
  Person {
    facts = Map.copyOf(facts);
    if (facts.size() != Attribute.values().length) {
      throw new IllegalArgumentException(
          "%s %s has %d facts, but needs %d"
              .formatted(first, last, facts.size(), Attribute.values().length));
    }
  }

  /** The full name, unique in the world. */
  String name() {
    return first + " " + last;
  }
}
