package io.sparkswitch.jobs.conf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionTest {
  private static final List<String> KNOWN =
      List.of("model.d-ff", "model.d-model", "training.steps", "teach.steps");

  @Test
  void nearestSpellingIsSuggested() {
    assertThat(Suggestion.nearest("model.d-f", KNOWN)).hasValue("model.d-ff");
    assertThat(Suggestion.nearest("trainin.steps", KNOWN)).hasValue("training.steps");
    assertThat(Suggestion.nearest("model.dModel", KNOWN)).hasValue("model.d-model");
    assertThat(Suggestion.nearest("model.d_model", KNOWN)).hasValue("model.d-model");
  }

  @Test
  void keyUnderTheWrongSectionIsFoundByItsLastWord() {
    assertThat(Suggestion.nearest("data.d-model", KNOWN)).hasValue("model.d-model");
  }

  @Test
  void nothingIsSuggestedForWhatResemblesNothing() {
    assertThat(Suggestion.nearest("weather", KNOWN)).isEmpty();
  }

  @Test
  void distanceCountsEdits() {
    assertThat(Suggestion.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Suggestion.distance("", "abc")).isEqualTo(3);
    assertThat(Suggestion.distance("abc", "abc")).isZero();
  }
}
