package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.batch.Batch;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShuffledInputsTest {

  @Test
  void eachSequenceReadsTheNextOfItsGroup() {
    assertThat(firstTokens(ShuffledInputs.of(batch(6), 4))).containsExactly(1, 2, 3, 0, 5, 4);
    assertThat(firstTokens(ShuffledInputs.of(batch(6), 0))).containsExactly(1, 2, 3, 4, 5, 0);
  }

  @Test
  void partsOfWholeGroupsShuffleAsTheWholeBatchDoes() {
    Batch whole = ShuffledInputs.of(batch(8), 4);

    assertThat(ShuffledInputs.of(batch(8).slice(4, 8), 4).encoderInputTokens())
        .isEqualTo(whole.slice(4, 8).encoderInputTokens());
  }

  @Test
  void targetsStay() {
    assertThat(ShuffledInputs.of(batch(6), 3).decoderTargetTokens())
        .isEqualTo(batch(6).decoderTargetTokens());
  }

  @Test
  void ordersCarryTheReading() {
    for (EvaluationBatch.Reading reading : EvaluationBatch.Reading.values()) {
      EvaluationBatch batch = new EvaluationBatch(5, 77, reading);
      assertThat(EvaluationBatch.of(Order.of(batch.order().toBytes()))).isEqualTo(batch);
    }
  }

  private static int[] firstTokens(Batch batch) {
    return IntStream.range(0, batch.sequences())
        .map(i -> batch.encoderInputTokens()[i * batch.encoderLength()])
        .toArray();
  }

  /** Sequence i reads (i, 10 + i) and predicts 100 + i. */
  private static Batch batch(int sequences) {
    int[] inputs =
        IntStream.range(0, 2 * sequences).map(i -> i % 2 == 0 ? i / 2 : 10 + i / 2).toArray();
    float[] weights = new float[sequences];
    Arrays.fill(weights, 1);
    return new Batch(
        sequences,
        2,
        1,
        inputs,
        new int[sequences],
        IntStream.range(100, 100 + sequences).toArray(),
        weights,
        new long[sequences],
        new int[sequences]);
  }
}
