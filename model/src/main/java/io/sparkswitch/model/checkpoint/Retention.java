package io.sparkswitch.model.checkpoint;

/**
 * Which checkpoints stay.
 *
 * @param newest how many of the newest, at least 1
 * @param every steps: a checkpoint of a multiple of it stays for good; 0 for none
 */
public record Retention(int newest, long every) {
  public Retention {
    if (newest < 1) {
      throw new IllegalArgumentException(
          "%d newest checkpoints cannot be kept: at least 1".formatted(newest));
    }
    if (every < 0) {
      throw new IllegalArgumentException(
          "a checkpoint of every %d steps cannot be kept: 0 or more".formatted(every));
    }
  }

  boolean isForGood(long step) {
    return every > 0 && step % every == 0;
  }
}
