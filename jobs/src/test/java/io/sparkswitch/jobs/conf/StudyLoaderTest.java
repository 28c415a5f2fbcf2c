package io.sparkswitch.jobs.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyLoaderTest {
  private static final String STUDY =
      """
      title = "t", question = "q", seeds = [1, 2]
      base { preset = nano, training.steps = 100 }
      rows = [dense, switch, student]
      variant {
        dense { role = dense, label = "dense" }
        switch { role = switch, label = "Switch", seeds = [1], settings.model.num-experts = 4 }
        student { role = student, label = "student", teacher = switch }
        online { role = student, label = "online", teacher = switch, settings.distill.yet = unknown }
      }
      left-out.online = "not yet"
      scales { demo {}, long { seeds = [1, 5], base.training.steps = 900 } }
      """;

  @TempDir private Path folder;

  @Test
  void aVariantsSettingsLieOverTheBaseAndTheScaleOverBoth() throws IOException {
    StudySettings demo = load(STUDY, "demo");
    StudySettings longer = load(STUDY, "long");

    assertThat(demo.seeds()).containsExactly(1L, 2L);
    assertThat(demo.variants())
        .extracting(VariantSettings::name)
        .containsExactly("dense", "switch", "student");
    assertThat(demo.variant("switch").seeds()).containsExactly(1L);
    assertThat(demo.variant("switch").config().model().numExperts()).isEqualTo(4);
    assertThat(demo.variant("switch").config().model().dModel()).isEqualTo(128);
    assertThat(demo.dense().config().training().steps()).isEqualTo(100);
    assertThat(demo.dense().config().model().sparse()).isFalse();
    assertThat(demo.leftOut()).containsEntry("online", "not yet");
    assertThat(longer.name()).isEqualTo("own");
    assertThat(longer.seeds()).containsExactly(1L, 5L);
    assertThat(longer.dense().config().training().steps()).isEqualTo(900);
  }

  @Test
  void whatTheCommandLineSetsHoldsForAllRuns() throws IOException {
    StudySettings study =
        StudyLoader.load(
            write(STUDY), "demo", Optional.empty(), List.of("training.steps=7", "model.d-ff=64"));

    assertThat(study.variants())
        .allSatisfy(
            variant -> {
              assertThat(variant.config().training().steps()).isEqualTo(7);
              assertThat(variant.config().model().dFf()).isEqualTo(64);
            });
  }

  @Test
  void whatARowDiffersInIsNotSetForAll() throws IOException {
    String longer =
        STUDY
            .replace("rows = [", "rows = [longer, ")
            .replace(
                "variant {",
                "variant {\n longer { role = control, label = l, settings.training.steps = 300 }");
    assertThat(load(longer, "demo").variant("longer").config().training().steps()).isEqualTo(300);

    assertThatThrownBy(
            () ->
                StudyLoader.load(
                    write(longer), "demo", Optional.empty(), List.of("training.steps=7")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("training.steps is what variant.longer differs in")
        .hasMessageContaining("--set training.steps=7")
        .hasMessageContaining("write a study of your own");
  }

  @Test
  void aMistakeIsNamedWithItsPlaceAndItsRemedy() {
    refused("role = student, label = \"student\"", "rolle = student", "unknown key", "role");
    refused("role = switch", "role = moe", "variant.switch.role = moe is not allowed", "control");
    refused(
        "left-out.online", "compared-with = x\n  left-out.online", "compared-with = x is no row");
    refused(
        "left-out.online",
        "compared-with = dense\n  left-out.online",
        "compared-with = dense is the dense row");
    refused("left-out.online", "left-out.dense", "variant.dense must be named either in rows");
    refused("teacher = switch }\n  online", "teacher = nobody }\n  online", "nobody is no row");
    refused("model.num-experts = 4", "model.num-expert = 4", "unknown key model.num-expert");
    refused("seeds = [1, 2]", "seeds = []", "seeds = [] leaves nothing to run");
    refused("seeds = [1, 2]", "seeds = [1, 1]", "seeds = [1, 1] names one twice");
    refused("seeds = [1],", "seeds = [3],", "variant.switch.seeds = [3] is not allowed");
    refused(
        "settings.model.num-experts = 4",
        "settings { model.num-experts = 4, data.noise-density = 0.2 }",
        "what is compared must read the same text");
    refused("rows = [dense, switch", "rows = [switch", "variant.dense must be named");
    refused("rows = [dense, ", "rows = [dense, dense, ", "rows names dense twice");
    refused("left-out.online", "left-out { nobody = no }\n  left-out.online", "no variant of that");
    refused("settings.model.num-experts = 4", "label = S", "has the role switch, but");
    assertThatThrownBy(
            () ->
                StudyLoader.load(
                    write(STUDY), "demo", Optional.empty(), List.of("distill.temperature=2")))
        .hasMessageContaining("has distill.temperature = 2.0, but teach.temperature = 1.0");
    refused(
        "base { preset = nano,",
        "base { preset = nano, model.num-experts = 2,",
        "variant.dense has the role dense, but model.num-experts = 2");
    assertThatThrownBy(() -> StudyLoader.load("gone.conf", "demo", Optional.empty(), List.of()))
        .hasMessage("study gone.conf: there is no such file");
    assertThatThrownBy(() -> load(STUDY, "huge"))
        .hasMessage("--scale huge is not known: this study has demo, long");
    assertThatThrownBy(() -> StudyLoader.load("laddder", "demo", Optional.empty(), List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("ladder");
  }

  private void refused(String good, String bad, String... sentence) {
    assertThat(STUDY).contains(good);
    assertThatThrownBy(() -> load(STUDY.replace(good, bad), "demo"))
        .isInstanceOf(ConfigException.class)
        .message()
        .contains(sentence);
  }

  private StudySettings load(String text, String scale) throws IOException {
    return StudyLoader.load(write(text), scale, Optional.empty(), List.of());
  }

  private String write(String text) throws IOException {
    return Files.writeString(folder.resolve("own.conf"), text).toString();
  }
}
