package io.sparkswitch.jobs.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  @TempDir Path folder;

  @Test
  void settingsWinOverFileOverPresetOverReference() throws IOException {
    Path file = file("run.conf", "preset = nano\nmodel.d-ff = 100\ntraining.steps = 7\n");

    RunConfig config = load(file, "training.steps=9", "training.steps=11");

    assertThat(config.training().steps()).as("--set, the later one").isEqualTo(11);
    assertThat(config.model().dFf()).as("--config").isEqualTo(100);
    assertThat(config.model().dModel()).as("preset").isEqualTo(128);
    assertThat(config.data().noiseDensity()).as("reference.conf").isEqualTo(0.15);
  }

  @Test
  void presetCanBeGivenOnTheCommandLineAndIncludesItsOwnBase() {
    RunConfig config = load("preset=nano-switch");

    assertThat(config.model().numExperts()).isEqualTo(8);
    assertThat(config.model().dModel()).isEqualTo(128);
    assertThat(config.model().capacityFactor()).isEqualTo(2.0);
  }

  @Test
  void includeIsRelativeToTheIncludingFile() throws IOException {
    Files.createDirectories(folder.resolve("presets"));
    file("presets/mine.conf", "model.d-model = 64");
    Path file = file("runs/run.conf", "include \"../presets/mine.conf\"\ntraining.steps = 3");

    assertThat(load(file).model().dModel()).isEqualTo(64);
  }

  @Test
  void includeIsFoundBesideAFileGivenByItsBareName() throws IOException {
    Path base = Path.of("%s-base.conf".formatted(UUID.randomUUID()));
    Path file = Path.of("%s-run.conf".formatted(UUID.randomUUID()));
    try {
      Files.writeString(base, "model.d-model = 64");
      Files.writeString(file, "include \"%s\"".formatted(base));

      assertThat(load(file).model().dModel()).isEqualTo(64);
    } finally {
      Files.deleteIfExists(base);
      Files.deleteIfExists(file);
    }
  }

  @Test
  void missingIncludeIsRefused() throws IOException {
    Path file = file("run.conf", "include \"nowhere.conf\"");

    assertThatThrownBy(() -> load(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("include \"nowhere.conf\" cannot be read")
        .hasMessageContaining("preset = nano");
  }

  @Test
  void unknownKeyIsRefusedWithFileLineAndSuggestion() throws IOException {
    Path file = file("run.conf", "training.steps = 3\nmodel {\n  num-expert = 8\n}\n");

    assertThatThrownBy(() -> load(file))
        .isInstanceOf(ConfigException.class)
        .hasMessage("unknown key model.num-expert; did you mean model.num-experts? (%s:3)", file);
  }

  @Test
  void unknownKeyOnTheCommandLineIsRefused() {
    assertThatThrownBy(() -> load("model.capacityFactor=2"))
        .hasMessage(
            "unknown key model.capacityFactor; did you mean model.capacity-factor?"
                + " (--set model.capacityFactor=2)");
    assertThatThrownBy(() -> load("capacity-factor=2"))
        .hasMessageContaining("did you mean model.capacity-factor?");
    assertThatThrownBy(() -> load("weather=2"))
        .hasMessageStartingWith("unknown key weather; `sparkswitch plan` prints all keys");
  }

  @Test
  void wrongTypeIsRefusedWithWhatIsAllowedAndWhereItWasSet() throws IOException {
    Path file = file("run.conf", "\nmodel.d-ff = 8.5");

    assertThatThrownBy(() -> load(file))
        .hasMessage("model.d-ff = 8.5 is not allowed: it must be a whole number (%s:2)", file);
    assertThatThrownBy(() -> load("optimizer.schedule=cosine"))
        .hasMessageContaining("it must be t5 or short or linear or constant or relative")
        .hasMessageContaining("(--set optimizer.schedule=cosine)");
    assertThatThrownBy(() -> load("gang.startup-wait=5"))
        .hasMessageContaining("a duration with its unit");
    assertThatThrownBy(() -> load("gang.executors=many"))
        .hasMessageContaining("a whole number or auto");
    assertThatThrownBy(() -> load("model=5"))
        .hasMessageContaining("model is a section of settings");
    assertThatThrownBy(() -> load("seed=null")).isInstanceOf(ConfigException.class);
  }

  @Test
  void valueOutOfRangeIsRefusedWithWhereItWasSet() {
    assertThatThrownBy(() -> load("model.dropout-rate=1.0"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "model.dropout-rate = 1.0 is not allowed: it must be in [0, 1)"
                + " (--set model.dropout-rate=1.0)");
    assertThatThrownBy(() -> load("training.batch-size=12"))
        .hasMessageContaining("training.batch-size = 12")
        .hasMessageContaining("a multiple of routing.group-sequences, 8");
  }

  @Test
  void aScheduleRelativeToTheParametersScaleIsRefusedForAdamW() {
    assertThatThrownBy(() -> load("optimizer.name=adamw", "optimizer.schedule=relative-warmup"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("optimizer.schedule = relative-warmup is not allowed")
        .hasMessageContaining("short, linear or constant while optimizer.name = adamw");
    assertThat(load("optimizer.name=adamw", "optimizer.schedule=linear").optimizer().name())
        .isEqualTo(OptimizerName.ADAMW);
  }

  @Test
  void autoOfTheOptimizerIsATwentiethOfTheRunAndWhatEachOptimizerIsKnownWith() {
    OptimizerSettings adafactor = load().optimizer();
    OptimizerSettings adamW = load("optimizer.name=adamw", "optimizer.schedule=short").optimizer();

    assertThat(adafactor.warmupSteps(1000)).isEqualTo(50);
    assertThat(load("optimizer.warmup-steps=7").optimizer().warmupSteps(1000)).isEqualTo(7);
    assertThat(adafactor.firstMomentDecay()).isZero();
    assertThat(adafactor.momentsPerParameter()).isZero();
    assertThat(adamW.firstMomentDecay()).isEqualTo(0.9);
    assertThat(adamW.momentsPerParameter()).isEqualTo(2);
    assertThat(load("optimizer.beta1=0.5").optimizer().momentsPerParameter()).isEqualTo(1);
  }

  @Test
  void aWarmUpAsLongAsTheRunIsRefusedWhereItCounts() {
    assertThatThrownBy(
            () -> load("training.steps=9", "optimizer.schedule=linear", "optimizer.warmup-steps=9"))
        .hasMessageContaining("optimizer.warmup-steps = 9 is not allowed")
        .hasMessageContaining("fewer than training.steps, 9");
    assertThat(load("training.steps=9", "optimizer.warmup-steps=9").training().steps())
        .isEqualTo(9);
  }

  @Test
  void everyNumberOutsideItsRangeIsRefused() {
    List<String> refused =
        List.of(
            "model.d-model=0",
            "model.num-experts=-1",
            "model.capacity-factor=0",
            "model.relative-attention-max-distance=16",
            "data.inputs-length=1",
            "data.noise-density=1",
            "data.mean-span-length=0.5",
            "training.steps=0",
            "training.micro-batches=0",
            "optimizer.peak-learning-rate=-1",
            "optimizer.warmup-steps=-2",
            "optimizer.clip-norm=-1",
            "optimizer.weight-decay=-0.1",
            "optimizer.beta1=1",
            "optimizer.beta2=1",
            "optimizer.epsilon=0",
            "gang.max-attempts=0",
            "exchange.port=70000",
            "teach.top-k=0",
            "teach.draws=0",
            "teach.values=int4",
            "teach.temperature=0",
            "teach.commit-every=0",
            "distill.remainder=dropped",
            "distill.soft-fraction=1.5",
            "vocab.character-coverage=0",
            "vocab.normalisation=nfc",
            "vocab.longest-word=0",
            "vocab.language-exponent=1.5",
            "demo-corpus.train-files=0");
    for (String setting : refused) {
      assertThatThrownBy(() -> load(setting))
          .as(setting)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("is not allowed")
          .hasMessageContaining("(--set " + setting + ")");
    }
  }

  @Test
  void unknownPresetIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> load("preset=nanoswitch"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "preset = nanoswitch is not allowed; did you mean nano-switch?"
                + " (--set preset=nanoswitch)\nIt must be none or one of\n")
        .hasMessageContaining("\n  nano, nano-switch\n  switch-base-2, switch-base-4, ");
  }

  @Test
  void missingFileIsRefused() {
    assertThatThrownBy(() -> load(folder.resolve("none.conf")))
        .hasMessageContaining("none.conf: there is no such file");
    assertThatThrownBy(() -> load("training.steps")).hasMessageContaining("it must be key=value");
  }

  @Test
  void brokenHoconIsRefusedWithItsLine() throws IOException {
    Path file = file("run.conf", "model {\n");

    assertThatThrownBy(() -> load(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("run.conf: 2");
  }

  @Test
  void systemPropertiesTakeNoPart() {
    System.setProperty("training.steps", "17");
    try {
      assertThat(load().training().steps()).isNotEqualTo(17);
    } finally {
      System.clearProperty("training.steps");
    }
  }

  @Test
  void wordsStandForNumbers() {
    assertThat(load().model().droplessEvaluation()).isTrue();
    assertThat(load().gang().allExecutors()).isTrue();
    assertThat(load("gang.executors=2", "gang.startup-wait=2m").gang())
        .isEqualTo(
            new GangSettings(
                2, 0, 4, Duration.ofSeconds(10), Duration.ofSeconds(120), Duration.ofMinutes(2)));
    assertThat(load("exchange.bind-host=::1").exchange().bindHost()).isEqualTo("::1");
  }

  @Test
  void renderedConfigurationLoadsAsTheSameConfiguration() throws IOException {
    RunConfig config = load("preset=nano-switch", "seed=42", "gang.executors=2");

    RunConfig again = load(file("config.conf", config.render()));

    assertThat(again).isEqualTo(config);
    assertThat(again.digest()).isEqualTo(config.digest()).hasSize(64);
  }

  @Test
  void weightsOfLanguagesAddUpOverFilesAndSettings() throws IOException {
    Path file = file("run.conf", "data.weights { en = 0.7, bg-Latn = 1 }");

    RunConfig config = load(file, "data.weights.de=0.3", "data.weights.bg-Latn=2");

    assertThat(config.data().weights()).isEqualTo(Map.of("bg-Latn", 2.0, "de", 0.3, "en", 0.7));
    assertThat(config.data().mixes()).isTrue();
    assertThat(load().data().weights()).isEmpty();
    assertThat(load(file("kept.conf", config.render()))).isEqualTo(config);
  }

  @Test
  void theOrderOfTheDataTellsWeightsAndReadsAsBeforeWithoutAny() {
    assertThat(load().data().order())
        .isEqualTo(
            "DataSettings[inputsLength=512, noiseDensity=0.15, meanSpanLength=3.0,"
                + " rowGroupSegments=512, shuffleWindowRowGroups=64, languageExponent=1.0,"
                + " maxEpochs=0]");
    assertThat(load("data.weights.de=2", "data.weights.en=1").data().order())
        .contains("weights={de=2.0, en=1.0}");
  }

  @Test
  void weightsThatGiveNoSharesAreRefused() {
    assertThatThrownBy(() -> load("data.weights.de=-1"))
        .hasMessage(
            "data.weights.de = -1.0 is not allowed: it must be 0 or more (--set data.weights.de=-1)");
    assertThatThrownBy(() -> load("data.weights={ en = 0, de = 0 }"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("shares of which at least one is above 0");
    assertThatThrownBy(() -> load("data.weights.de=much"))
        .hasMessageContaining("it must be numbers by name, such as { en = 0.7, de = 0.3 }");
    assertThatThrownBy(() -> load("data.weights=0.7"))
        .hasMessageContaining("it must be numbers by name");
    assertThatThrownBy(() -> load("data.weights.de=1", "data.language-exponent=0.3"))
        .hasMessageContaining("1 while data.weights gives the shares of the languages");
    assertThatThrownBy(() -> load("data.weight.de=1"))
        .hasMessageContaining("unknown key data.weight.de");
  }

  @Test
  void digestDependsOnValuesAndNotOnTheirSpelling() {
    assertThat(load("model.jitter-noise=0.010").digest())
        .isEqualTo(load("model.jitter-noise=1e-2").digest())
        .isNotEqualTo(load("model.jitter-noise=0.02").digest());
  }

  private Path file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static RunConfig load(String... settings) {
    return ConfigLoader.load(Optional.empty(), List.of(settings));
  }

  private static RunConfig load(Path file, String... settings) {
    return ConfigLoader.load(Optional.of(file), List.of(settings));
  }
}
