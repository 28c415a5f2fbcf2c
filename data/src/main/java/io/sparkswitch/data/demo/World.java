package io.sparkswitch.data.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The fixed world that all stories of a seed share: {@value #PEOPLE} people, each with one of
 * {@value #VALUES} values of every attribute, mentioned by Zipf's law (the person of rank r with
 * weight 1 / (r + 1)).
 */
final class World {
  static final int PEOPLE = 512;
  static final int VALUES = 64;

  private final List<Person> people;
  private final double[] cumulative;

  private World(List<Person> people) {
    this.people = List.copyOf(people);
    this.cumulative = new double[people.size()];
    double sum = 0;
    for (int rank = 0; rank < cumulative.length; rank++) {
      sum += 1.0 / (rank + 1);
      cumulative[rank] = sum;
    }
  }

  static World of(long seed) {
    Random random = new Random(seed);
    List<String> firsts = WordList.load("first-names.txt", VALUES).words();
    List<String> lasts = WordList.load("last-names.txt", VALUES).words();
    Map<Attribute, List<String>> values = new EnumMap<>(Attribute.class);
    for (Attribute attribute : Attribute.values()) {
      values.put(attribute, dealt(attribute.lexicon().words(), random));
    }
    List<Person> people = new ArrayList<>();
    Set<String> names = new HashSet<>();
    while (people.size() < PEOPLE) {
      String first = firsts.get(random.nextInt(VALUES));
      String last = lasts.get(random.nextInt(VALUES));
      if (names.add(first + " " + last)) {
        int rank = people.size();
        Map<Attribute, String> facts = new EnumMap<>(Attribute.class);
        values.forEach((attribute, dealt) -> facts.put(attribute, dealt.get(rank)));
        people.add(new Person(rank, first, last, facts));
      }
    }
    return new World(people);
  }

  /** Every value equally often, shuffled over the people. */
  private static List<String> dealt(List<String> values, Random random) {
    List<String> dealt = new ArrayList<>();
    for (int i = 0; i < PEOPLE; i++) {
      dealt.add(values.get(i % VALUES));
    }
    Collections.shuffle(dealt, random);
    return dealt;
  }

  /** Everybody, by rank. */
  List<Person> people() {
    return people;
  }

  /** Somebody, by Zipf's law. */
  Person draw(RandomGenerator random) {
    double at = random.nextDouble() * cumulative[cumulative.length - 1];
    int found = Arrays.binarySearch(cumulative, at);
    return people.get(Math.min(found < 0 ? -found - 1 : found + 1, people.size() - 1));
  }
}
