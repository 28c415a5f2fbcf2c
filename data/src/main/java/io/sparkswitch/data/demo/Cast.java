package io.sparkswitch.data.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The people of one story, with what has been told of each so far. */
final class Cast {
  private static final int ROLES = 3;

  private final List<Person> people = new ArrayList<>();
  private final List<List<Attribute>> orders = new ArrayList<>();
  private final int[] told = new int[ROLES];
  private final Random random;

  /** Draws three people of different first names, so that a first name alone is clear. */
  Cast(World world, Random random) {
    this.random = random;
    while (people.size() < ROLES) {
      Person person = world.draw(random);
      if (people.stream().noneMatch(other -> other.first().equals(person.first()))) {
        people.add(person);
        List<Attribute> order = new ArrayList<>(Arrays.asList(Attribute.values()));
        Collections.shuffle(order, random);
        orders.add(order);
      }
    }
  }

  /** Roles are a, b, c. */
  Person person(String role) {
    return people.get(index(role));
  }

  /** An attribute that the story has not told of this role yet, as long as there is one. */
  Attribute fresh(String role) {
    int index = index(role);
    List<Attribute> order = orders.get(index);
    return order.get(told[index]++ % order.size());
  }

  /** An attribute that the story has told of this role. */
  Attribute known(String role) {
    int index = index(role);
    if (told[index] == 0) {
      return fresh(role);
    }
    List<Attribute> order = orders.get(index);
    return order.get(random.nextInt(Math.min(told[index], order.size())));
  }

  private static int index(String role) {
    int index = role.length() == 1 ? role.charAt(0) - 'a' : -1;
    if (index < 0 || index >= ROLES) {
      throw new IllegalArgumentException("a story has the roles a, b, c, not " + role);
    }
    return index;
  }
}
