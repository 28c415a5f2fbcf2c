package io.sparkswitch.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.clean.CleaningSettings;
import io.sparkswitch.data.pipeline.cut.Cleaning;
import io.sparkswitch.data.pipeline.folder.ShardFolder;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that change, move or vanish between runs; and what is not prepare's own. */
class ChangedCorpusTest extends PreparationTestCase {
  @ParameterizedTest
  @EnumSource(
      value = Cleaning.Duplicates.class,
      names = {"KEPT", "SENTENCES"})
  void aFileMendedAfterAFailedRunIsTakenAsItIsNow(Cleaning.Duplicates duplicates)
      throws IOException {
    Cleaning cleaning = new Cleaning(CleaningSettings.off(), Map.of(), duplicates);
    PrepareRequest strict = strict(cleaning);
    Path untouched = folder.resolve("untouched");
    ShardManifest expected = prepare(to(untouched, strict)).manifest();
    List<String> lines = TestCorpus.lines(TestCorpus.texts(1, DOCUMENTS));
    List<String> broken = new ArrayList<>(lines);
    broken.set(4, "no json");
    TestCorpus.write(corpus, "train", 1, broken);
    assertThatThrownBy(() -> prepare(strict)).hasMessageContaining("1 of 180 records are malf");
    TestCorpus.write(corpus, "train", 1, lines);

    ShardManifest mended = prepare(strict).manifest();

    assertThat(mended.documents()).isEqualTo(expected.documents());
    assertThat(mended.totals().tokens()).isEqualTo(expected.totals().tokens());
    assertThat(mended.sources()).hasSize(FILES);
    assertThat(prepare(strict).outcome()).isEqualTo(PrepareSummary.Outcome.NOTHING_NEW);
  }

  @Test
  void aFileThatVanishedBeforeItWasDoneDoesNotBlockTheRest() throws IOException {
    ShardManifest first = prepare().manifest();
    delete(output.resolve("_manifests"));
    var root = new org.apache.hadoop.fs.Path(output.toString());
    ShardFolder.write(first.sources().get(0), root, CONF);
    Files.delete(corpus.resolve("en/c4-train.00001-of-00003.json.gz"));

    ShardManifest second = prepare().manifest();

    assertThat(second.sources()).extracting(source -> source.number()).containsExactly(0, 2);
    assertThat(second.sources().get(0)).isEqualTo(first.sources().get(0));
    assertThat(second.sources().get(1).shards()).isEqualTo(first.sources().get(2).shards());
    TestCorpus.write(corpus, "train", 1, TestCorpus.lines(TestCorpus.texts(1, DOCUMENTS)));
    assertThat(prepare().manifest().documents()).isEqualTo(first.documents());
  }

  @Test
  void aTakeDownFromAFileWithOtherTextOfTheSameLengthIsRefused() throws IOException {
    Path plain = corpus.resolve("train/more.jsonl");
    Files.createDirectories(plain.getParent());
    Files.writeString(plain, "{\"text\": \"one\", \"url\": \"https://x/1\"}\n".repeat(200));
    ShardManifest first = prepare().manifest();
    Files.writeString(plain, "{\"text\": \"two\", \"url\": \"https://x/1\"}\n".repeat(200));
    PrepareRequest takeDown = request(LENGTH, 0, List.of("https://x/1"));

    assertThatThrownBy(() -> prepare(takeDown))
        .hasRootCauseInstanceOf(InputException.class)
        .hasStackTraceContaining("more.jsonl has another content than when its shards were made");

    Files.writeString(plain, "{\"text\": \"one\", \"url\": \"https://x/1\"}\n".repeat(200));
    ShardManifest second = prepare(takeDown).manifest();
    assertThat(second.documents().kept()).isEqualTo(first.documents().kept() - 200);
  }

  @Test
  void parquetFilesOfSomebodyElseAreNotSweptAway() throws IOException {
    Path theirs = output.resolve("language=en/part-0.parquet");
    Files.createDirectories(theirs.getParent());
    Files.writeString(theirs, "precious");
    ShardOutput replace =
        new ShardOutput(output.toString(), ShardOutput.Existing.REPLACE, Map.of());

    for (PrepareRequest request :
        List.of(
            request(LENGTH, 0, List.of()),
            request(LENGTH, 0, List.of(), vocabularyFile, replace))) {
      assertThatThrownBy(() -> prepare(request))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("part-0.parquet, which prepare did not make: give a folder of its");
      assertThat(theirs).hasContent("precious");
    }
  }

  private PrepareRequest strict(Cleaning cleaning) {
    PrepareRequest plain = request(cleaning);
    PrepareRules rules = new PrepareRules(plain.rules().settings(), cleaning, 0, List.of());
    return new PrepareRequest(
        plain.corpus(), plain.split(), plain.vocabulary(), rules, plain.output());
  }

  private static PrepareRequest to(Path other, PrepareRequest request) {
    return new PrepareRequest(
        request.corpus(),
        request.split(),
        request.vocabulary(),
        request.rules(),
        new ShardOutput(other.toString(), ShardOutput.Existing.KEEP, Map.of()));
  }
}
