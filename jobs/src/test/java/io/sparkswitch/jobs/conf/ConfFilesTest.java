package io.sparkswitch.jobs.conf;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConfFilesTest {
  private static final Path CONF = Path.of("..", "conf");

  @Test
  void everyFileOfConfLoads() throws IOException {
    List<Path> files =
        hocon(CONF).stream().filter(file -> !file.startsWith(CONF.resolve("studies"))).toList();
    assertThat(files).hasSizeGreaterThanOrEqualTo(8);
    for (Path file : files) {
      assertThat(ConfigLoader.load(Optional.of(file), List.of())).as(file.toString()).isNotNull();
    }
  }

  @Test
  void everyStudyLoadsAtEveryScaleAndIsBundledUnderItsName() {
    assertThat(StudyLoader.names())
        .contains(
            "compression", "english", "first-gain", "ladder", "mixture", "short-ladder", "targets");
    for (String name : StudyLoader.names()) {
      for (String scale : List.of("demo", "paper")) {
        StudySettings bundled = StudyLoader.load(name, scale, Optional.empty(), List.of());
        String file = CONF.resolve("studies").resolve(name + ".conf").toString();
        assertThat(bundled.dense().config().model().sparse()).as(name).isFalse();
        assertThat(bundled.variants()).as(name).hasSizeGreaterThan(3);
        assertThat(StudyLoader.load(file, scale, Optional.empty(), List.of())).isEqualTo(bundled);
      }
    }
  }

  @Test
  void everyPresetIsBundledUnderItsName() throws IOException {
    List<String> bundled = Presets.names();
    assertThat(hocon(CONF.resolve("presets"))).hasSameSizeAs(bundled).hasSizeGreaterThan(20);
    for (Path file : hocon(CONF.resolve("presets"))) {
      String name = file.getFileName().toString().replaceFirst("\\.conf$", "");
      assertThat(bundled).contains(name);
      assertThat(ConfigLoader.load(Optional.empty(), List.of("preset=" + name)))
          .as(name)
          .isEqualTo(ConfigLoader.load(Optional.of(file), List.of()));
    }
  }

  @Test
  void presetsAreInTheOrderOfTheirNumbers() {
    assertThat(Presets.names())
        .containsSubsequence(
            "nano",
            "nano-switch",
            "switch-base-2",
            "switch-base-16",
            "switch-base-128",
            "switch-base-table9",
            "switch-c",
            "t5-1.1-base",
            "t5-base");
  }

  @Test
  void nanoIsTheReferenceRunsModel() {
    RunConfig config = ConfigLoader.load(Optional.empty(), List.of("preset=nano-switch"));

    assertThat(config.model().dModel()).isEqualTo(128);
    assertThat(config.model().dFf()).isEqualTo(512);
    assertThat(config.model().numHeads() * config.model().dKv()).isEqualTo(128);
    assertThat(config.model().initialisationScale()).isEqualTo(1.0);
    assertThat(config.model().dropoutRate()).isZero();
    assertThat(config.data().inputsLength()).isEqualTo(128);
    assertThat(config.training().batchSize()).isEqualTo(16);
    assertThat(config.training().steps()).isEqualTo(500);
    assertThat(config.optimizer().schedule()).isEqualTo(ScheduleName.SHORT);
    assertThat(config.optimizer().peakLearningRate()).isEqualTo(0.04);
    assertThat(config.vocab().pieces()).isEqualTo(2048);
  }

  @Test
  void largerPresetsTrainAsTheirPapers() {
    int sparse = 0;
    for (String name : Presets.names()) {
      RunConfig config = ConfigLoader.load(Optional.empty(), List.of("preset=" + name));
      if (name.matches("(nano|mini).*")) {
        continue;
      }
      ModelSettings model = config.model();
      boolean first = model.feedForward() == FeedForwardKind.RELU;
      assertThat(model.outputZLossFactor()).as(name).isEqualTo(1e-4);
      assertThat(model.dropoutRate()).as(name).isEqualTo(first ? 0.1 : 0);
      assertThat(model.tiedOutput()).as(name).isEqualTo(first);
      assertThat(model.initialisationScale()).as(name).isEqualTo(model.sparse() ? 0.1 : 1.0);
      assertThat(config.optimizer().schedule()).as(name).isEqualTo(ScheduleName.T5);
      if (model.sparse()) {
        assertThat(model.capacityFactor()).as(name).isEqualTo(1.25);
        sparse++;
      }
    }
    assertThat(sparse).isGreaterThan(10);
  }

  @Test
  void everyKeyOfTheReferenceHasACommentAndAPlaceInARecord() {
    Config rendered =
        ConfigFactory.parseString(ConfigLoader.load(Optional.empty(), List.of()).render());
    List<String> keys = new ArrayList<>();
    collect(ConfigLoader.reference().root(), "", keys);

    assertThat(keys).hasSizeGreaterThan(60);
    for (String key : keys) {
      assertThat(rendered.hasPath(key)).as(key).isTrue();
    }
  }

  private static void collect(ConfigObject section, String prefix, List<String> keys) {
    for (Map.Entry<String, ConfigValue> entry : section.entrySet()) {
      String key = Keys.join(prefix, entry.getKey());
      if (entry.getValue() instanceof ConfigObject inner && !inner.isEmpty()) {
        collect(inner, key, keys);
      } else {
        assertThat(entry.getValue().origin().comments()).as("comment of %s", key).isNotEmpty();
        if (!key.equals(Presets.KEY)) {
          keys.add(key);
        }
      }
    }
  }

  private static List<Path> hocon(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> f.toString().endsWith(".conf")).sorted().toList();
    }
  }
}
