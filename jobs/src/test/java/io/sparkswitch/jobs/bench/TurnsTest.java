package io.sparkswitch.jobs.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {

  @Test
  void whoGoesFirstAlternatesAndWarmingUpDoesNotCount() throws Exception {
    List<String> order = new ArrayList<>();
    Turns turns =
        Turns.measure(
            1,
            3,
            () -> {
              order.add("a");
              return order.size();
            },
            () -> {
              order.add("b");
              return 100;
            });

    assertThat(order).containsExactly("a", "b", "b", "a", "a", "b", "b", "a");
    assertThat(turns.rounds())
        .containsExactly(new Turns.Round(4, 100), new Turns.Round(5, 100), new Turns.Round(8, 100));
  }

  @Test
  void everySecondRoundTakesThingsInTheOppositeOrder() throws Exception {
    int[] turn = new int[1];
    Turns.Timed any = () -> turn[0]++;

    assertThat(Turns.seconds(1, 2, List.of(any, any, any, any)))
        .containsExactly(List.of(7.0, 6.0, 5.0, 4.0), List.of(8.0, 9.0, 10.0, 11.0));
  }

  @Test
  void theRatioIsTheMedianOfTheRoundsRatios() {
    Turns turns =
        new Turns(List.of(new Turns.Round(1, 10), new Turns.Round(8, 2), new Turns.Round(3, 4)));

    assertThat(turns.ratio()).isEqualTo(0.75);
    assertThat(turns.first()).isEqualTo(3);
    assertThat(turns.second()).isEqualTo(4);
  }

  @Test
  void nothingMeasuredIsAnError() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Turns(List.of()))
        .withMessage("no round was measured");
  }
}
