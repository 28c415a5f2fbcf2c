package io.sparkswitch.jobs.study.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.jobs.study.statistics.ShareOfGain.Interval;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ShareOfGainTest {
  private static final List<Double> DENSE = List.of(-2.0, -2.1, -2.2);
  private static final List<Double> SWITCH = List.of(-1.5, -1.7, -1.6);
  private static final List<Double> STUDENT = List.of(-1.8, -2.0, -1.9);

  @Test
  void theShareIsOfMeansOverPairs() {
    ShareOfGain share = ShareOfGain.of(DENSE, SWITCH, STUDENT, 1);

    assertThat(share.gain()).isCloseTo(0.5, within(1e-12));
    assertThat(share.gainError().orElseThrow()).isCloseTo(0.1 / Math.sqrt(3), within(1e-12));
    assertThat(share.share().orElseThrow()).isCloseTo(0.2 / 0.5, within(1e-12));
  }

  @Test
  void aGainBelowTwiceItsStandardErrorHasNoShare() {
    // Of gains 0.1 and 0.1 + d the mean is 0.1 + d / 2 and its standard error d / 2.
    List<Double> dense = List.of(-1.0, -1.0);
    assertThat(ShareOfGain.of(dense, List.of(-0.9, -0.71), dense, 1).share()).isPresent();
    assertThat(ShareOfGain.of(dense, List.of(-0.9, -0.69), dense, 1).share()).isEmpty();
    assertThat(ShareOfGain.of(dense, List.of(-0.9, -0.69), dense, 1).interval()).isEmpty();
    assertThat(ShareOfGain.of(dense, List.of(-1.2, -1.2), dense, 1).share()).isEmpty();
  }

  @Test
  void onePairTellsNothingOfNoise() {
    ShareOfGain share = ShareOfGain.of(List.of(-2.0), List.of(-1.0), List.of(-1.5), 1);

    assertThat(share.gain()).isEqualTo(1.0);
    assertThat(share.gainError()).isEmpty();
    assertThat(share.share()).isEmpty();
  }

  @Test
  void theResamplesAreSeeded() {
    assertThat(ShareOfGain.of(DENSE, SWITCH, STUDENT, 5))
        .isEqualTo(ShareOfGain.of(DENSE, SWITCH, STUDENT, 5));
  }

  @Property(tries = 50)
  void theIntervalIsThatOfAllResamplesOfFourPairs(
      @ForAll @Size(4) List<@DoubleRange(min = 0.5, max = 1.5) Double> gains,
      @ForAll @Size(4) List<@DoubleRange(min = -0.5, max = 1) Double> kept) {
    List<Double> dense = Collections.nCopies(4, 0.0);
    ShareOfGain share = ShareOfGain.of(dense, gains, kept, 3);

    assertThat(share.share()).isPresent();
    Interval interval = share.interval().orElseThrow();
    List<Double> all = allShares(gains, kept);
    // 10,000 draws place a quantile within a per cent or so of the 256 resamples there are.
    assertThat(interval.from()).isBetween(quantile(all, 0.015), quantile(all, 0.035));
    assertThat(interval.to()).isBetween(quantile(all, 0.965), quantile(all, 0.985));
  }

  @Property(tries = 100)
  void neitherUnitsNorALevelSharedByAPairChangeTheShare(
      @ForAll @Size(3) List<@DoubleRange(min = -3, max = 3) Double> levels,
      @ForAll @DoubleRange(min = 0.1, max = 10) double unit) {
    Optional<Double> moved =
        boxed(
            ShareOfGain.of(
                moved(DENSE, levels, unit),
                moved(SWITCH, levels, unit),
                moved(STUDENT, levels, unit),
                1));

    assertThat(moved.orElseThrow())
        .isCloseTo(boxed(ShareOfGain.of(DENSE, SWITCH, STUDENT, 1)).orElseThrow(), within(1e-9));
  }

  @Test
  void theTeacherKeepsAllOfItsGainAndDenseNone() {
    assertThat(ShareOfGain.of(DENSE, SWITCH, SWITCH, 1).share()).hasValue(1);
    assertThat(ShareOfGain.of(DENSE, SWITCH, SWITCH, 1).interval()).hasValue(new Interval(1, 1));
    assertThat(ShareOfGain.of(DENSE, SWITCH, DENSE, 1).share()).hasValue(0);
  }

  @Test
  void unequalNumbersAreNoPairs() {
    assertThatThrownBy(() -> ShareOfGain.of(DENSE, SWITCH, List.of(-1.0), 1))
        .hasMessage("1 values beside 3 are no pairs");
  }

  private static Optional<Double> boxed(ShareOfGain share) {
    return share.share().stream().boxed().findFirst();
  }

  private static List<Double> moved(List<Double> values, List<Double> levels, double unit) {
    List<Double> moved = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      moved.add((values.get(i) + levels.get(i)) * unit);
    }
    return moved;
  }

  private static List<Double> allShares(List<Double> gains, List<Double> kept) {
    List<Double> shares = new ArrayList<>();
    int pairs = gains.size();
    for (int code = 0; code < Math.pow(pairs, pairs); code++) {
      double gained = 0;
      double of = 0;
      for (int draw = 0, rest = code; draw < pairs; draw++, rest /= pairs) {
        gained += gains.get(rest % pairs);
        of += kept.get(rest % pairs);
      }
      shares.add(of / gained);
    }
    Collections.sort(shares);
    return shares;
  }

  private static double quantile(List<Double> sorted, double share) {
    // Sums in another order differ in their last bits.
    double bits = share < 0.5 ? share < 0.025 ? -1e-12 : 1e-12 : share < 0.975 ? -1e-12 : 1e-12;
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1) + bits;
  }
}
