package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.pipeline.folder.UrlHash;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.checkpoint.CheckpointManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which documents fed a step. The folder of the shards stands for a run that was begun on them. */
class TraceVerbTest {
  private static final String[] SETTINGS = {
    "--set", "vocab.pieces=80", "--set", "data.inputs-length=64", "--set", "training.batch-size=8"
  };

  @TempDir static Path folder;

  @BeforeAll
  static void prepare() throws IOException {
    TinyCorpus.write(folder.resolve("corpus"));
    done("vocab", "--corpus", path("corpus"), "--out", path("vocab"));
    prepare("shards");
  }

  @Test
  void addressesAreThoseOfTheDocumentsThatTheSpansName() throws IOException {
    String text = trace("shards", 1, "--corpus", path("corpus"));

    Set<String> sources = new HashSet<>();
    int spans = 0;
    for (JsonNode sequence : results().path("sequences")) {
      sources.add(sequence.path("source").asText());
      for (JsonNode span : sequence.path("spans")) {
        // TinyCorpus numbers the addresses of a file from 0, lines count from 1.
        String url = "https://example.org/" + (span.path("place").asInt() - 1);
        assertThat(span.path("url").asText()).isEqualTo(url);
        assertThat(span.path("urlHash").asText()).isEqualTo("%016x".formatted(UrlHash.of(url)));
        assertThat(text).contains("address " + url);
        spans++;
      }
    }
    assertThat(results().path("sequences")).hasSize(8);
    assertThat(spans).isGreaterThanOrEqualTo(8);
    assertThat(sources).hasSize(2);
  }

  @Test
  void withoutACorpusHashesAreTold() throws IOException {
    String text = trace("shards", 1);

    JsonNode span = results().path("sequences").path(0).path("spans").path(0);
    assertThat(span.has("url")).isFalse();
    assertThat(text).contains("address " + span.path("urlHash").asText());
  }

  @Test
  void aCorpusThatMovedServesAndAFileThatIsGoneIsNamed() throws IOException {
    Path moved = folder.resolve("moved/en");
    Files.createDirectories(moved);
    Path original = folder.resolve("corpus/en/c4-train.00001-of-00002.json.gz");
    Files.copy(original, moved.resolve(original.getFileName()));

    String text = trace("shards", 1, "--corpus", path("moved"));

    assertThat(text).contains("moved does not hold").contains("c4-train.00000-of-00002.json.gz");
    for (JsonNode sequence : results().path("sequences")) {
      boolean there = sequence.path("source").asText().endsWith(original.getFileName().toString());
      for (JsonNode span : sequence.path("spans")) {
        assertThat(span.has("url")).isEqualTo(there);
      }
    }
    assertThat(results().findValues("url")).isNotEmpty();
  }

  @Test
  void aStepAfterABadBatchIsFedByTheNextBatch() throws IOException {
    trace("shards", 2);
    JsonNode second = results().path("sequences");
    Path run = begunOn("shards");
    CheckpointFolder checkpoints =
        new CheckpointFolder(run.resolve("checkpoints").toString(), new Configuration());
    checkpoints.create();
    checkpoints.commit(
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION,
            5,
            0,
            List.of(),
            Map.of(),
            new CheckpointManifest.Cursor(List.of(0L), 0)));

    InProcess.Outcome outcome = traced(run, "1");

    assertThat(outcome.code()).as(outcome.text()).isZero();
    assertThat(results().path("sequences")).isEqualTo(second);
    assertThat(outcome.text()).doesNotContain("No checkpoint has step");
    assertThat(traced(run, "6").text()).contains("No checkpoint has step 6 yet");
  }

  @Test
  void aStepThatTheRunDoesNotHaveIsRefused() throws IOException {
    InProcess.Outcome outcome = traced(folder.resolve("shards"), "100000001");

    assertThat(outcome.code()).as(outcome.text()).isEqualTo(2);
    assertThat(outcome.text()).contains("--step 100000001: ").contains("has the steps from 1 to ");
  }

  @Test
  void aFineTunedRunIsRefused() throws IOException {
    Path run = begunOn("shards");
    Path provenance = run.resolve(VerbRun.PROVENANCE_FILE);
    Files.writeString(
        provenance, Files.readString(provenance).replace("\"prepare\"", "\"finetune\""));

    InProcess.Outcome outcome = traced(run, "1");

    assertThat(outcome.code()).as(outcome.text()).isEqualTo(2);
    assertThat(outcome.text()).contains("was fine-tuned on supervised examples");
  }

  /** A run folder that begins with what the folder of shards was made with. */
  private static Path begunOn(String shards) throws IOException {
    Path begun = Files.createTempDirectory(folder, "begun");
    for (String name : List.of(VerbRun.CONFIG_FILE, VerbRun.PROVENANCE_FILE)) {
      Files.copy(folder.resolve(shards).resolve(name), begun.resolve(name));
    }
    return begun;
  }

  private static InProcess.Outcome traced(Path run, String step) {
    return run(
        "trace",
        "--run",
        run.toString(),
        "--shards",
        path("shards"),
        "--step",
        step,
        "--json",
        path("json"));
  }

  @Test
  void aStepWhoseDocumentsWereTakenDownSinceCannotBeTraced() throws IOException {
    prepare("changing");
    trace("changing", 1);
    // What the run was begun with, before the folder's own record follows the newest shards.
    Path begun = begunOn("changing");
    Path list = Files.writeString(folder.resolve("urls.txt"), "# all\nhttps://example.org/3\n");
    prepare("changing", "--exclude", list.toString());

    InProcess.Outcome outcome =
        run("trace", "--run", begun.toString(), "--shards", path("changing"), "--step", "1");

    assertThat(outcome.code()).as(outcome.text()).isEqualTo(3);
    assertThat(outcome.text())
        .contains("documents were taken down after manifest 1 was written")
        .contains("with --fresh in its own, and it takes manifest 2");
  }

  private static void prepare(String out, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of("prepare", "--corpus", path("corpus"), "--vocab", path("vocab"), "--out"));
    words.add(path(out));
    words.addAll(List.of(more));
    done(words.toArray(String[]::new));
  }

  private static String trace(String shards, int step, String... more) {
    String[] own = {
      "trace",
      "--run",
      path(shards),
      "--shards",
      path(shards),
      "--step",
      Integer.toString(step),
      "--json",
      path("json")
    };
    InProcess.Outcome outcome =
        run(Stream.concat(Stream.of(own), Stream.of(more)).toArray(String[]::new));
    assertThat(outcome.code()).as(outcome.text()).isZero();
    return outcome.text();
  }

  private static void done(String... words) {
    InProcess.Outcome outcome = run(words);
    assertThat(outcome.code()).as(outcome.text()).isZero();
  }

  private static InProcess.Outcome run(String... words) {
    return InProcess.run(Stream.concat(Stream.of(words), Stream.of(SETTINGS)).toList());
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  private static JsonNode results() throws IOException {
    return JsonMapper.builder().build().readTree(folder.resolve("json").toFile());
  }
}
