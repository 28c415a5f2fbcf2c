package io.sparkswitch.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.source.InputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsLinesTest {

  @Test
  void aLineThatWasBeingWrittenIsLeftOut() {
    assertThat(parse("{\"step\":1,\"loss\":5}\n{\"step\":2,\"lo"))
        .extracting(Interval::step)
        .containsExactly(1L);
  }

  @Test
  void aResumedRunsLaterLineCounts() {
    List<Interval> intervals =
        parse("{\"step\":1,\"loss\":5}\n{\"step\":2,\"loss\":4}\n{\"step\":2,\"loss\":3}\n");

    assertThat(intervals).hasSize(2);
    assertThat(intervals.get(1).loss()).hasValue(3);
  }

  @Test
  void aBrokenLineIsNamedByItsNumber() {
    assertThatThrownBy(() -> parse("{\"step\":1}\n\n{oops\n"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("metrics.jsonl line 3");
  }

  @Test
  void aLossThatIsNoNumberLeavesAGap() {
    assertThat(parse("{\"step\":1,\"loss\":NaN}\n").get(0).loss()).isEmpty();
  }

  @Test
  void layersComeEncoderFirstAndByNumber() {
    assertThat(
            parse("{\"step\":1,\"layers\":{\"decoder.1\":{},\"encoder.11\":{},\"encoder.3\":{}}}\n")
                .get(0)
                .layers())
        .satisfies(
            layers ->
                assertThat(layers.keySet())
                    .containsExactly("encoder.3", "encoder.11", "decoder.1"));
  }

  private static List<Interval> parse(String text) {
    return MetricsLines.parse(text, "metrics.jsonl");
  }
}
