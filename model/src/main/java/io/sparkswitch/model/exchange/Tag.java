package io.sparkswitch.model.exchange;

/**
 * Where in the program a message belongs. Both sides of an exchange run the same program, so the
 * receiver knows the tag that must come next: any other fails the run at once.
 *
 * <p>Concurrency: immutable.
 *
 * <p>Ordering: none.
 *
 * @param attempt number of the gang's attempt, from 0
 * @param step training step, or batch of an evaluation
 * @param microBatch part of the step, from 0
 * @param layer index of the sparse layer, or the number of the message within a phase
 * @param direction what is carried
 */
public record Tag(int attempt, long step, int microBatch, int layer, Direction direction) {
  public Tag {
    if (attempt < 0 || step < 0 || microBatch < 0 || layer < 0) {
      throw new IllegalArgumentException(
          "a tag has no negative parts: attempt %d, step %d, micro-batch %d, layer %d"
              .formatted(attempt, step, microBatch, layer));
    }
  }

  @Override
  public String toString() {
    return "attempt %d, step %d, micro-batch %d, layer %d, %s"
        .formatted(attempt, step, microBatch, layer, direction);
  }
}
