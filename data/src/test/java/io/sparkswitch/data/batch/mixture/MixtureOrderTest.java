package io.sparkswitch.data.batch.mixture;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.batch.order.SegmentOrder.Place;
import io.sparkswitch.data.batch.order.SegmentOrder.Window;
import io.sparkswitch.data.batch.order.ShuffledOrder;
import io.sparkswitch.data.batch.order.Shuffling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MixtureOrderTest {
  private static final int[] SIZES = {4, 9, 5, 7, 3, 8, 6};
  private static final List<int[]> GROUPS = List.of(new int[] {0, 3, 5}, new int[] {1, 2, 4, 6});

  @Test
  void eachPartComesInItsOwnShuffledOrderWhateverTheOthersAre() {
    MixtureOrder order = order(Map.of("a", 1.0, "b", 3.0));
    Map<Integer, List<Place>> byPart = new HashMap<>();
    for (int n = 0; n < 800; n++) {
      Place place = order.at(n);
      byPart.computeIfAbsent(place.window().part(), p -> new ArrayList<>()).add(place);
    }

    assertThat(byPart.get(0)).hasSize(200);
    assertThat(byPart.get(1)).hasSize(600);
    for (int part = 0; part < 2; part++) {
      int[] groups = GROUPS.get(part);
      int[] sizes = IntStream.of(groups).map(g -> SIZES[g]).toArray();
      // The window of 8 is split by the shares: 2 row groups for a, 6 for b.
      ShuffledOrder alone =
          new ShuffledOrder(
              sizes, MixtureOrder.seedOf("ab".substring(part, part + 1), 11), part * 4 + 2);
      for (int k = 0; k < byPart.get(part).size(); k++) {
        Place expected = alone.at(k);
        assertThat(byPart.get(part).get(k))
            .isEqualTo(
                new Place(
                    new Window(part, expected.window().number()),
                    groups[expected.rowGroup()],
                    expected.row(),
                    expected.epoch()));
      }
    }
  }

  @Test
  void windowsTellTheRowGroupsThatTheirSequencesComeFrom() {
    MixtureOrder order = order(Map.of("a", 1.0, "b", 3.0));
    Map<Window, List<Integer>> seen = new HashMap<>();
    for (int n = 0; n < 800; n++) {
      Place place = order.at(n);
      seen.computeIfAbsent(place.window(), w -> new ArrayList<>()).add(place.rowGroup());
    }

    assertThat(seen).hasSizeGreaterThan(20);
    seen.forEach(
        (window, groups) ->
            assertThat(IntStream.of(order.rowGroups(window)).boxed().toList())
                .isSorted()
                .containsAll(groups));
  }

  @Test
  void partsHaveOrdersOfTheirOwnAndSmallOnesAWindowOfOneRowGroup() {
    assertThat(MixtureOrder.seedOf("a", 1)).isNotEqualTo(MixtureOrder.seedOf("b", 1));
    assertThat(MixtureOrder.seedOf("ab", 1)).isNotEqualTo(MixtureOrder.seedOf("ba", 1));
    assertThat(new Shuffling(1, 64).windowOf(0.5)).isEqualTo(32);
    assertThat(new Shuffling(1, 64).windowOf(0.001)).isEqualTo(1);
  }

  private static MixtureOrder order(Map<String, Double> weights) {
    Mixture mixture = Mixture.ofWeights(weights).inBlocksOf(40);
    MixturePlan plan = new MixturePlan(mixture, new long[] {19, 23}, 5);
    return new MixtureOrder(mixture, plan, GROUPS, SIZES, new Shuffling(11, 8));
  }
}
