package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.distill.student.StudentInit;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.t5.PaperFlops;
import io.sparkswitch.model.t5.SparseBlocks;
import io.sparkswitch.model.t5.StackKind;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Presets against the paper's tables, as they were published. */
class PaperModelsTest {
  private static final double SHARE = 0.02;
  private static final JsonNode PAPER = paper();

  /** Presets with the widths of Table 9's rows. */
  private static final Map<String, String> OF_THE_WIDTHS =
      Map.of(
          "T5-Base", "t5-1.1-base",
          "T5-Large", "t5-1.1-large",
          "T5-XXL", "t5-1.1-xxl",
          "Switch-Base", "switch-base-table9",
          "Switch-Large", "switch-large-table9",
          "Switch-XXL", "switch-xxl-64",
          "Switch-C", "switch-c");

  /** Presets with the parameters of Table 9's rows: where the widths give others, as released. */
  private static final Map<String, String> OF_THE_COUNT =
      Map.of(
          "T5-Base", "t5-base",
          "T5-Large", "t5-large",
          "T5-XXL", "t5-1.1-xxl",
          "Switch-Base", "switch-base-128",
          "Switch-Large", "switch-large",
          "Switch-XXL", "switch-xxl",
          "Switch-C", "switch-c");

  @Test
  void everyRowOfTable9HasAPresetOfItsWidths() {
    for (JsonNode row : rows("table9", 7)) {
      T5Config config = preset(OF_THE_WIDTHS.get(row.path("model").asText()));
      int layers = row.path("layers").asInt();
      int every = row.path("expertEvery").asInt();

      assertThat(config.width())
          .as(row::toString)
          .isEqualTo(
              new Width(
                  row.path("dModel").asInt(),
                  row.path("dFf").asInt(),
                  row.path("heads").asInt(),
                  row.path("dKv").asInt()));
      assertThat(config.conventions().feedForward() == FeedForwardKind.GATED_GELU)
          .isEqualTo(row.path("geglu").asBoolean());
      assertThat(config.experts()).isEqualTo(row.path("experts").asInt());
      for (StackKind stack : StackKind.values()) {
        assertThat(config.layers(stack)).isEqualTo(layers);
        if (every > 0) {
          assertThat(config.sparse().orElseThrow().blocks().of(stack))
              .isEqualTo(SparseBlocks.every(every, layers, layers).of(stack));
        }
      }
    }
  }

  @Test
  void floatingPointOperationsAreThoseOfTable9() {
    for (JsonNode row : rows("table9", 7)) {
      double stated = row.path("flopsPerSequence").asDouble();
      String model = row.path("model").asText();
      for (String name : List.of(OF_THE_WIDTHS.get(model), OF_THE_COUNT.get(model))) {
        assertThat((double) preset(name).paperFlops(PaperFlops.INPUTS, PaperFlops.TARGETS))
            .as(name)
            .isCloseTo(stated, within(SHARE * stated));
      }
    }
  }

  @Test
  void parametersAreThoseOfTable9() {
    for (JsonNode row : rows("table9", 7)) {
      assertThatParameters(
          OF_THE_COUNT.get(row.path("model").asText()), row.path("billionParameters").asText());
    }
  }

  @Test
  void theWidthsOfTwoRowsGiveMoreParametersThanTheRowsState() {
    assertThatParameters("t5-1.1-base", "0.2");
    assertThatParameters("switch-base-table9", "7.44");
    assertThatParameters("t5-1.1-large", "0.783");
    assertThatParameters("switch-large-table9", "27.15");
  }

  @Test
  void switchXxlHasTheStatedParametersWithTwiceTheStatedExperts() {
    assertThat(preset("switch-xxl").experts()).isEqualTo(128);
    assertThatParameters("switch-xxl", "395");
    assertThat(preset("switch-xxl-64").experts()).isEqualTo(64);
    assertThatParameters("switch-xxl-64", PAPER.path("switchXxlWith64Experts").asText());
  }

  @Test
  void theReleasedSwitchBasesAreTheTeachersOfTable7() {
    for (JsonNode row : rows("table7", 5)) {
      String name = "switch-base-" + row.path("experts").asInt();
      double more = row.path("moreExactly").asDouble() * 1e9;

      assertThat(preset(name).experts()).isEqualTo(row.path("experts").asInt());
      assertThatParameters(name, row.path("billionParameters").asText());
      // Two decimals, rounded or cut off.
      assertThat((double) preset(name).parameters()).as(name).isCloseTo(more, within(1e7));
    }
  }

  @Test
  void publishedModelsHaveExactlyTheirPublishedParameters() {
    Map<String, Long> published =
        Map.of(
            "t5-small", 60_506_624L,
            "t5-base", 222_903_552L,
            "t5-large", 737_668_096L,
            "t5-xxl", 11_307_321_344L,
            "t5-1.1-small", 76_961_152L,
            "t5-1.1-base", 247_577_856L,
            "t5-1.1-large", 783_150_080L,
            "t5-1.1-xxl", 11_135_332_352L,
            "mt5-base", 582_401_280L);
    published.forEach(
        (name, count) -> assertThat(preset(name).parameters()).as(name).isEqualTo(count));
    assertThat(preset("mt5-base").vocab()).isEqualTo(250_112);
  }

  @Test
  void moeBaseIsSwitchBaseWithASecondExpertForEachToken() {
    T5Config moe = preset("moe-base");
    T5Config base = preset("switch-base-128");

    assertThat(moe.training().selection().expertsPerToken()).isEqualTo(2);
    assertThat(moe.parameters()).isEqualTo(base.parameters());
    assertThat(moe.parameterCounts().active() - base.parameterCounts().active())
        .isEqualTo(12L * 2 * 768 * 3072);
    assertThat(preset("switch-base-plus").width()).isEqualTo(new Width(896, 3072, 16, 64));
  }

  /** Within 2 %, or half a unit of the last digit that is stated. */
  private static void assertThatParameters(String preset, String billions) {
    BigDecimal stated = new BigDecimal(billions);
    double tolerance = Math.max(SHARE * stated.doubleValue(), stated.ulp().doubleValue() / 2);
    assertThat((double) preset(preset).parameters() / 1e9)
        .as("billions of parameters of %s", preset)
        .isCloseTo(stated.doubleValue(), within(tolerance));
  }

  @Test
  void aStudentWithoutAPresetIsT5BaseAndTakesWhatAnySwitchBaseHasInCommonWithIt() {
    T5Config student =
        Architecture.of(
            ConfigLoader.load(Optional.empty(), List.of()),
            new VocabularySpec(32000, "planned").rows());

    assertThat(student.width()).isEqualTo(preset("t5-base").width());
    assertThat(student.parameters()).isEqualTo(preset("t5-base").parameters());
    for (int experts : new int[] {2, 4, 8, 16, 32, 64, 128, 256}) {
      T5Config teacher = preset("switch-base-" + experts);
      for (T5Config any : List.of(student, preset("t5-base"))) {
        assertThatCode(() -> new StudentInit(teacher, any)).doesNotThrowAnyException();
      }
    }
  }

  private static T5Config preset(String name) {
    RunConfig config = ConfigLoader.load(Optional.empty(), List.of("preset=" + name));
    return Architecture.of(config, new VocabularySpec(config.vocab().pieces(), "planned").rows());
  }

  private static JsonNode rows(String table, int expected) {
    assertThat(PAPER.path(table)).hasSize(expected);
    return PAPER.path(table);
  }

  private static JsonNode paper() {
    try (InputStream in = PaperModelsTest.class.getResourceAsStream("paper-models.json")) {
      return JsonMapper.builder().build().readTree(in);
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
