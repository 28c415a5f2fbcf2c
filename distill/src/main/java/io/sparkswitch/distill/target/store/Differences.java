package io.sparkswitch.distill.target.store;

import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What a person is told when two things that should be the same are not. */
final class Differences {
  private Differences() {}

  /** E.g. {@code seed: was 1, is 2; batch size: was 8, is 16}; empty if there is none. */
  static String of(Map<String, Object> was, Map<String, Object> is) {
    return was.keySet().stream()
        .filter(name -> !Objects.equals(was.get(name), is.get(name)))
        .map(name -> "%s: was %s, is %s".formatted(name, was.get(name), is.get(name)))
        .collect(Collectors.joining("; "));
  }
}
