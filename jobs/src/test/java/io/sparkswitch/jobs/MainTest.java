package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.jobs.conf.ConfigLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
  private static final Map<String, String> SPARK =
      Map.of("spark.master", "local[2]", "spark.kryo.registrationRequired", "true");

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void sparkOfTests() {
    SPARK.forEach(System::setProperty);
  }

  @AfterAll
  static void sparkOfOthers() {
    SPARK.keySet().forEach(System::clearProperty);
  }

  @Test
  void corpusBecomesVocabularyAndShards() throws IOException {
    TinyCorpus.write(folder.resolve("corpus"));

    assertThat(vocab("--json", path("vocab.json"))).as(err::toString).isZero();
    assertThat(prepare("--json", path("prepare.json"))).as(err::toString).isZero();

    JsonNode vocabulary = json("vocab.json");
    assertThat(vocabulary.path("pieces").asInt()).isEqualTo(80);
    assertThat(vocabulary.path("rows").asInt()).isEqualTo(256);
    assertThat(folder.resolve("vocab/spiece.model")).isNotEmptyFile();
    JsonNode prepared = json("prepare.json");
    assertThat(prepared.path("verb").asText()).isEqualTo("prepare");
    assertThat(prepared.path("train").path("documents").asInt()).isEqualTo(300);
    assertThat(prepared.path("train").path("quarantined").asInt()).isEqualTo(1);
    assertThat(prepared.path("validation").path("segments").asInt()).isPositive();
    assertThat(json("shards/status.json").path("state").asText()).isEqualTo("done");
    assertThat(json("shards/status.json").path("exitCode").asInt(-1)).isZero();
    JsonNode provenance = json("shards/provenance.json");
    assertThat(provenance.path("vocabularyHash")).isEqualTo(vocabulary.path("digest"));
    assertThat(provenance.path("dataHash")).isEqualTo(prepared.path("train").path("dataHash"));
    assertThat(provenance.path("sparkVersion").asText()).startsWith("4.");
    assertThat(json("shards/train/_manifests/000001.json").path("provenance").path("configHash"))
        .isEqualTo(provenance.path("configHash"));
    assertThat(
            ConfigLoader.load(Optional.of(folder.resolve("shards/config.conf")), List.of())
                .digest())
        .isEqualTo(provenance.path("configHash").asText());

    assertThat(vocab()).isZero();
    assertThat(prepare("--json", path("again.json"))).isZero();
    assertThat(out.toString()).contains("Nothing new to do: the vocabulary is there.");
    assertThat(json("again.json").path("train").path("outcome").asText()).isEqualTo("nothing_new");
    assertThat(prepare("--nothing-new-exit-code", "7")).isEqualTo(7);

    assertThat(vocab("--set", "vocab.pieces=90")).isEqualTo(2);
    assertThat(err.toString()).contains("holds a vocabulary made from another corpus");
    assertThat(prepare("--set", "data.inputs-length=32")).isEqualTo(2);
    assertThat(err.toString()).contains("holds other shards than asked for").contains("--fresh");
    assertThat(prepare("--set", "data.inputs-length=32", "--fresh")).isZero();
  }

  @Test
  void demoCorpusIsWrittenOnceAndAgainWhenFresh() throws IOException {
    String[] args = {
      "demo-corpus",
      "--out",
      path("corpus"),
      "--set",
      "demo-corpus.megabytes=1",
      "--set",
      "demo-corpus.validation-megabytes=0.01",
      "--set",
      "demo-corpus.train-files=2",
      "--json",
      path("corpus.json")
    };
    Path file = folder.resolve("corpus/en/c4-train.00001-of-00002.json.gz");

    assertThat(sparkswitch(args)).as(err::toString).isZero();
    byte[] first = Files.readAllBytes(file);
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    assertThat(sparkswitch(args)).isZero();

    assertThat(Files.getLastModifiedTime(file)).isEqualTo(FileTime.fromMillis(0));
    assertThat(json("corpus.json").path("files").asInt()).isEqualTo(3);
    assertThat(json("corpus.json").path("bytes").asLong()).isGreaterThan(1_000_000);
    assertThat(json("corpus/provenance.json").path("dataHash").asText()).hasSize(64);

    assertThat(sparkswitch(with(new String[] {"--fresh"}, args))).isZero();
    assertThat(Files.getLastModifiedTime(file)).isGreaterThan(FileTime.fromMillis(0));
    assertThat(file).hasBinaryContent(first);
  }

  @Test
  void halfADemoCorpusIsRefused() throws IOException {
    TinyCorpus.write(folder.resolve("corpus"));
    Files.createFile(folder.resolve("corpus/demo-corpus.incomplete"));

    assertThat(vocab()).isEqualTo(3);
    assertThat(err.toString()).contains("run demo-corpus again");
  }

  @Test
  void ownVocabularyIsTakenAsItIs() throws IOException {
    TinyCorpus.write(folder.resolve("corpus"));
    assertThat(vocab()).as(err::toString).isZero();

    int code = sparkswitch("vocab", "--model", path("vocab/spiece.model"), "--out", path("own"));

    assertThat(code).as(err::toString).isZero();
    assertThat(folder.resolve("own/spiece.model"))
        .hasSameBinaryContentAs(folder.resolve("vocab/spiece.model"));
  }

  @Test
  void damagedVocabularyIsRefused() throws IOException {
    Files.writeString(folder.resolve("broken.model"), "no model");

    assertThat(sparkswitch("vocab", "--model", path("broken.model"), "--out", path("own")))
        .isEqualTo(3);
    assertThat(err.toString()).contains("broken.model: not a whole SentencePiece model");
    assertThat(folder.resolve("own/spiece.model")).doesNotExist();
  }

  @Test
  void missingInputIsRefusedBeforeSparkStarts() throws IOException {
    assertThat(vocab()).isEqualTo(3);
    assertThat(err.toString())
        .startsWith("sparkswitch vocab: corpus folder")
        .contains("does not exist")
        .doesNotContain("\tat ");
    assertThat(out.toString()).doesNotContain("starting Spark");
    assertThat(json("vocab/status.json").path("exitCode").asInt()).isEqualTo(3);
    assertThat(json("vocab/status.json").path("state").asText()).isEqualTo("failed");

    TinyCorpus.write(folder.resolve("corpus"));
    assertThat(prepare()).isEqualTo(3);
    assertThat(err.toString()).contains("run the verb vocab first");
  }

  @Test
  void vocabularyThatTheCorpusCannotFillIsRefused() throws IOException {
    TinyCorpus.write(folder.resolve("corpus"));

    assertThat(vocab("--set", "vocab.pieces=30000")).isEqualTo(2);
    assertThat(err.toString()).contains("30000").contains("lower pieces");
  }

  @Test
  void wrongConfigurationIsExitCodeTwoAlsoInTheStatus() throws IOException {
    assertThat(vocab("--set", "vocab.piece=90", "--json", path("vocab.json"))).isEqualTo(2);

    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "sparkswitch vocab: unknown key vocab.piece; did you mean vocab.pieces?"
                + " (--set vocab.piece=90)");
    assertThat(json("vocab/status.json").path("exitCode").asInt()).isEqualTo(2);
    assertThat(json("vocab.json").path("exitCode").asInt()).isEqualTo(2);
    assertThat(json("vocab.json").path("message").asText()).contains("did you mean");
  }

  @Test
  void wrongUsageIsExitCodeTwo() {
    assertThat(sparkswitch()).isEqualTo(2);
    assertThat(sparkswitch("vocab")).isEqualTo(2);
    assertThat(sparkswitch("vocabulary")).isEqualTo(2);
    assertThat(sparkswitch("vocab", "--corpus", "a", "--model", "b", "--out", "c")).isEqualTo(2);
  }

  @Test
  void everyVerbHasHelpWithAnExample() {
    Map<String, CommandLine> verbs = new CommandLine(new Main()).getSubcommands();
    assertThat(verbs).containsKeys("demo-corpus", "vocab", "prepare");
    for (String verb : verbs.keySet()) {
      assertThat(sparkswitch(verb, "--help")).as(verb).isZero();
      assertThat(out.toString())
          .as(verb)
          .contains("Example: sparkswitch " + verb)
          .contains("--config", "--set", "--json");
      out.getBuffer().setLength(0);
    }
    assertThat(sparkswitch("--version")).isZero();
    assertThat(out.toString()).startsWith("sparkswitch ");
  }

  private int vocab(String... more) {
    return sparkswitch(
        with(
            more,
            "vocab",
            "--corpus",
            path("corpus"),
            "--out",
            path("vocab"),
            "--set",
            "vocab.pieces=80"));
  }

  private int prepare(String... more) {
    return sparkswitch(
        with(
            more,
            "prepare",
            "--corpus",
            path("corpus"),
            "--vocab",
            path("vocab"),
            "--out",
            path("shards"),
            "--set",
            "data.inputs-length=64"));
  }

  private static String[] with(String[] more, String... first) {
    return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
  }

  private int sparkswitch(String... args) {
    return Main.run(new PrintWriter(out), new PrintWriter(err), args);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private JsonNode json(String name) throws IOException {
    return JsonMapper.builder().build().readTree(folder.resolve(name).toFile());
  }
}
