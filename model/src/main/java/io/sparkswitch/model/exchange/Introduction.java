package io.sparkswitch.model.exchange;

import java.nio.charset.StandardCharsets;

/**
 * The first message of an executor to the driver, who is dialled and so knows only who proved
 * itself: where that one listens and logs.
 *
 * <p>Concurrency: stateless.
 *
 * <p>Ordering: before any other message to the driver.
 */
final class Introduction {
  static final int MAX_BYTES = 4096;

  private static final int WORDS = 3;

  private Introduction() {}

  static Tag tag(int attempt) {
    return new Tag(attempt, 0, 0, 0, Direction.INTRODUCTION);
  }

  static byte[] of(PeerAddress own) {
    String text = "%s\n%d\n%s".formatted(own.host(), own.port(), own.log());
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @throws IllegalArgumentException if it is none
   */
  static PeerAddress read(int rank, byte[] bytes) {
    String[] words = new String(bytes, StandardCharsets.UTF_8).split("\n", WORDS);
    if (words.length < WORDS) {
      throw new IllegalArgumentException(
          "an introduction of %d lines, not %d".formatted(words.length, WORDS));
    }
    return new PeerAddress(rank, words[0], Integer.parseInt(words[1]), words[2]);
  }
}
