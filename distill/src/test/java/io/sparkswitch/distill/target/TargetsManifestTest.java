package io.sparkswitch.distill.target;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.distill.target.StreamOrigin.Masks;
import io.sparkswitch.distill.target.TargetFile.Span;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetsManifestTest {
  private final TargetsManifest manifest =
      Rows.manifest(2, 3, List.of(new TargetFile("a", "0", 1, 10, new Span(0, 2), new Span(0, 5))));

  @Test
  void targetsOfThisRunAreAccepted() {
    assertThatCode(() -> manifest.requireMatch(Rows.ORIGIN)).doesNotThrowAnyException();
    assertThatCode(() -> manifest.requireCovers(1, 2)).doesNotThrowAnyException();
  }

  @Test
  void targetsOfAnotherRunAreRefusedWithEachDifference() {
    TargetsOrigin other =
        new TargetsOrigin(
            "teacher-b", "words-b", new StreamOrigin("data-b", 2, 8, new Masks(78, 0.15, 3)));
    assertThatThrownBy(() -> manifest.requireMatch(other))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "these soft targets were made for another run:"
                + " teacher digest is teacher-a in the targets and teacher-b here;"
                + " vocabulary digest is words-a in the targets and words-b here;"
                + " data digest is data-a in the targets and data-b here;"
                + " seed is 1 in the targets and 2 here;"
                + " batch size is 5 in the targets and 8 here;"
                + " corruption seed is 77 in the targets and 78 here;"
                + " run teach for this one");
  }

  @Test
  void anotherTemperatureAndMoreStepsAreRefused() {
    assertThatThrownBy(() -> manifest.requireCovers(2, 2))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("made at temperature 1.0, distill.temperature is 2.0");
    assertThatThrownBy(() -> manifest.requireCovers(1, 3))
        .hasMessageContaining("cover 2 steps, the student trains for 3");
  }
}
