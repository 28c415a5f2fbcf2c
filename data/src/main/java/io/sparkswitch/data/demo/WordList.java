package io.sparkswitch.data.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;

/** Distinct words or phrases, one a line of a resource file beside this class. */
record WordList(List<String> words) {
  WordList {
    words = List.copyOf(words);
  }

  /** Reads a list that must hold exactly {@code size} distinct entries. */
  static WordList load(String resource, int size) {
    List<String> words = lines(resource);
    int distinct = new HashSet<>(words).size();
    if (words.size() != size || distinct != size) {
      throw new IllegalStateException(
          "%s holds %d entries, %d distinct, but the world needs %d"
              .formatted(resource, words.size(), distinct, size));
    }
    return new WordList(words);
  }

  /** Lines of a resource, without blank ones and {@code #} comments. */
  static List<String> lines(String resource) {
    try (InputStream in = WordList.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the resource %s is missing".formatted(resource));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource " + resource, e);
    }
  }
}
