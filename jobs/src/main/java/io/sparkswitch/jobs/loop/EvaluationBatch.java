package io.sparkswitch.jobs.loop;

/**
 * A batch of an evaluation, and how it is routed.
 *
 * @param part of the split, see {@link ValidationStreams}
 * @param batch its number, from 0
 * @param withTrainingCapacity whether tokens are left behind as in training
 */
record EvaluationBatch(int part, long batch, boolean withTrainingCapacity) {

  static EvaluationBatch of(Order order) {
    return new EvaluationBatch(
        Math.toIntExact(order.argument() / 2), order.step(), order.argument() % 2 == 1);
  }

  Order order() {
    return Order.of(Order.Command.EVALUATE, batch, 2L * part + (withTrainingCapacity ? 1 : 0));
  }
}
