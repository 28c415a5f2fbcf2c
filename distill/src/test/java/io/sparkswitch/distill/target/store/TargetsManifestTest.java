package io.sparkswitch.distill.target.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.distill.target.Rows;
import io.sparkswitch.distill.target.TargetValues;
import io.sparkswitch.distill.target.TargetsSettings;
import io.sparkswitch.distill.target.store.StreamOrigin.Masks;
import io.sparkswitch.distill.target.store.TargetFile.Span;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TargetsManifestTest {
  private static final TargetsSettings SETTINGS =
      TargetsSettings.topK(3, TargetValues.BFLOAT16).over(2);

  private final TargetsManifest manifest =
      Rows.manifest(
          SETTINGS, List.of(new TargetFile("a", "0", 700, 10, 35, new Span(0, 2), new Span(0, 5))));

  @Test
  void targetsOfThisRunAreAccepted() {
    assertThatCode(() -> manifest.requireMatch(Rows.ORIGIN)).doesNotThrowAnyException();
    assertThatCode(() -> manifest.requireCovers(1, 2)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @MethodSource("otherRuns")
  void targetsOfAnotherRunAreRefusedWithTheDifference(TargetsOrigin other, String difference) {
    assertThatThrownBy(() -> manifest.requireMatch(other))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "these soft targets were made for another run: %s; run teach for this one"
                .formatted(difference));
  }

  private static List<Arguments> otherRuns() {
    StreamOrigin same = Rows.ORIGIN.stream();
    Masks masks = same.masks();
    return List.of(
        Arguments.of(
            new TargetsOrigin("teacher-b", "words-a", same),
            "teacher digest: was teacher-a, is teacher-b"),
        Arguments.of(
            new TargetsOrigin("teacher-a", "words-b", same),
            "vocabulary digest: was words-a, is words-b"),
        other(
            new StreamOrigin("data-b", 1, 5, same.mixing(), masks),
            "data digest: was data-a, is data-b"),
        other(new StreamOrigin("data-a", 2, 5, same.mixing(), masks), "seed: was 1, is 2"),
        other(new StreamOrigin("data-a", 1, 8, same.mixing(), masks), "batch size: was 5, is 8"),
        other(
            new StreamOrigin("data-a", 1, 5, "window 3", masks),
            "data order: was window 2, is window 3"),
        other(masks(78, 0.15, 3), "corruption seed: was 77, is 78"),
        other(masks(77, 0.2, 3), "noise density: was 0.15, is 0.2"),
        other(masks(77, 0.15, 4), "mean span length: was 3.0, is 4.0"),
        Arguments.of(
            new TargetsOrigin("teacher-b", "words-a", masks(77, 0.15, 4)),
            "teacher digest: was teacher-a, is teacher-b; mean span length: was 3.0, is 4.0"));
  }

  private static Arguments other(StreamOrigin stream, String difference) {
    return Arguments.of(new TargetsOrigin("teacher-a", "words-a", stream), difference);
  }

  private static StreamOrigin masks(long seed, double density, double length) {
    StreamOrigin same = Rows.ORIGIN.stream();
    return new StreamOrigin(
        same.dataDigest(),
        same.seed(),
        same.batchSize(),
        same.mixing(),
        new Masks(seed, density, length));
  }

  @Test
  void anotherTemperatureIsRefused() {
    assertThatThrownBy(() -> manifest.requireCovers(2, 2))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "the soft targets were made at another temperature: was 1.0, distill.temperature is"
                + " 2.0; set distill.temperature = 1.0, or run teach with teach.temperature = 2.0");
  }

  @Test
  void aLongerRunIsRefused() {
    assertThatThrownBy(() -> manifest.requireCovers(1, 3))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cover 2 steps, the student trains for 3");
  }

  @Test
  void targetsMadeOtherwiseAreNotContinued() {
    TargetsFolder folder = new TargetsFolder("/there", new Configuration());
    TargetsSettings other = TargetsSettings.sampled(3).at(2).over(4);
    assertThatThrownBy(() -> manifest.requireSame(other, Rows.ORIGIN, folder))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "/there holds other soft targets: kind: was TOP_K, is SAMPLED;"
                + " values: was BFLOAT16, is FLOAT32; temperature: was 1.0, is 2.0;"
                + " steps: was 2, is 4; give --fresh to start over, or another --out");
  }

  @Test
  void itSaysWhatATargetTakes() {
    assertThat(manifest.bytesPerTarget()).isEqualTo(20);
  }
}
