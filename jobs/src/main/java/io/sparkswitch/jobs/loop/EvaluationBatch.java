package io.sparkswitch.jobs.loop;

/**
 * A batch of an evaluation, and how it is read.
 *
 * @param part of the split, see {@link ValidationStreams}
 * @param batch its number, from 0
 * @param reading how
 */
record EvaluationBatch(int part, long batch, Reading reading) {

  /** How a batch is evaluated. */
  enum Reading {
    /** With the capacity of evaluations. */
    PLAIN,
    /** With tokens left behind as in training. */
    TRAINING_CAPACITY,
    /** As plain, but each sequence with the encoder input of the next of its routing group. */
    SHUFFLED_INPUTS
  }

  static EvaluationBatch of(Order order) {
    int kinds = Reading.values().length;
    return new EvaluationBatch(
        Math.toIntExact(order.argument() / kinds),
        order.step(),
        Reading.values()[(int) (order.argument() % kinds)]);
  }

  Order order() {
    return Order.of(
        Order.Command.EVALUATE, batch, (long) Reading.values().length * part + reading.ordinal());
  }
}
