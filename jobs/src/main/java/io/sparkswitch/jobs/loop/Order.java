package io.sparkswitch.jobs.loop;

import java.nio.ByteBuffer;

/**
 * What the driver tells every rank to do next.
 *
 * @param command what
 * @param step the step, batch or checkpoint it concerns
 * @param argument meaning depends on the command
 * @param verdict of an update
 */
record Order(Command command, long step, long argument, Verdict verdict) {
  /** Of every order. */
  static final int BYTES = Integer.BYTES + 2 * Long.BYTES + 2 * Double.BYTES;

  /** The commands, in the order of a step. */
  enum Command {
    /** Receive a slice of the dense parameters and gather the others. */
    PARAMETERS,
    /** Answer when everything before is done. */
    AWAIT,
    /** Answer a {@link GemmPeak}, measured now. */
    MEASURE,
    /** Load the experts from the checkpoint of (step, attempt = argument). */
    LOAD,
    /** Load the experts from the checkpoint of (step, attempt = argument), no optimizer state. */
    LOAD_EXPERTS,
    /**
     * Compute gradients of a step on batch {@code argument}; send the summed slice and a report.
     */
    TRAIN,
    /** Update the experts as the verdict says. */
    UPDATE,
    /** Begin to write the experts of this rank as a shard of checkpoint {@code step}. */
    CHECKPOINT,
    /** Answer a {@link ShardProgress}, after at most {@code argument} milliseconds. */
    WRITTEN,
    /** Sum the loss over validation batch {@code step}; see {@link EvaluationBatch}. */
    EVALUATE,
    /** Open the file for the soft targets of steps [step, argument). */
    TARGETS_BEGIN,
    /** Write soft targets for the student's step. */
    TEACH,
    /** Close the file of soft targets and send its entry. */
    TARGETS_END,
    /** The work is done. */
    STOP
  }

  static Order of(Command command, long step) {
    return new Order(command, step, 0, Verdict.none());
  }

  static Order of(Command command, long step, long argument) {
    return new Order(command, step, argument, Verdict.none());
  }

  byte[] toBytes() {
    return ByteBuffer.allocate(BYTES)
        .putInt(command.ordinal())
        .putLong(step)
        .putLong(argument)
        .putDouble(verdict.learningRate())
        .putDouble(verdict.clipScale())
        .array();
  }

  static Order of(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Order(
        Command.values()[buffer.getInt()],
        buffer.getLong(),
        buffer.getLong(),
        new Verdict(buffer.getDouble(), buffer.getDouble()));
  }
}
