package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.model.moe.LayerMetrics;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RankReportTest {
  private static final LayerMetrics LAYER =
      new LayerMetrics("encoder.1", 100, 5, 40.5, 1.25, 3.5, new long[] {70, 30});
  private static final RankReport REPORT =
      new RankReport(12.5, 10, 110, true, 0.75, 0.25, List.of(LAYER));

  @Test
  void everythingSurvivesTheWire() {
    assertThat(RankReport.of(REPORT.toBytes())).usingRecursiveComparison().isEqualTo(REPORT);
    assertThat(RankReport.of(RankReport.none().toBytes())).isEqualTo(RankReport.none());
  }

  @Test
  void reportsAddUpAndNoneChangesNothing() {
    RankReport sum = REPORT.plus(RankReport.none()).plus(REPORT);

    assertThat(sum.crossEntropy()).isEqualTo(25);
    assertThat(sum.targetTokens()).isEqualTo(20);
    assertThat(sum.tokens()).isEqualTo(220);
    assertThat(sum.expertSquares()).isEqualTo(1.5);
    assertThat(sum.loss()).isEqualTo(1.25);
    assertThat(sum.layers()).hasSize(1);
    assertThat(sum.layers().get(0).dropped()).isEqualTo(10);
    assertThat(sum.layers().get(0).expertTokens()).containsExactly(140, 60);
  }

  @Test
  void oneRankThatIsNotFiniteSpoilsTheSum() {
    RankReport broken = new RankReport(Double.NaN, 1, 1, false, 0, 0, List.of());

    assertThat(REPORT.plus(broken).finite()).isFalse();
    assertThat(broken.plus(REPORT).finite()).isFalse();
  }

  @Test
  void aReportThatIsCutShortIsRefused() {
    byte[] bytes = REPORT.toBytes();

    assertThatThrownBy(() -> RankReport.of(Arrays.copyOf(bytes, bytes.length - 1)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cut short");
  }
}
