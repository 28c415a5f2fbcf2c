package io.sparkswitch.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.pipeline.cut.Cleaning;
import io.sparkswitch.data.pipeline.folder.ExclusionLists;
import io.sparkswitch.data.pipeline.folder.Exclusions;
import io.sparkswitch.data.pipeline.folder.IngestPlan;
import io.sparkswitch.data.pipeline.folder.IngestPlan.PlannedSource;
import io.sparkswitch.data.pipeline.folder.ShardFolder;
import io.sparkswitch.data.pipeline.folder.UrlHash;
import io.sparkswitch.data.shard.CountingFileSystem;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.shard.SourceEntry;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is looked for in which shards, whatever happens in between. */
class TakeDownTest extends PreparationTestCase {
  private static final String FIRST = TestCorpus.url(0, 3);
  private static final String SECOND = TestCorpus.url(1, 7);

  private final List<String> said = new ArrayList<>();

  @AfterEach
  void stopCounting() {
    CountingFileSystem.leave(sc.hadoopConfiguration());
  }

  @Test
  void shardsAreSearchedForNewAddressesOnlyAndNewShardsForNone() throws IOException {
    Path later = corpus.resolve("en/c4-train.00002-of-00003.json.gz");
    byte[] content = Files.readAllBytes(later);
    Files.delete(later);
    prepare();
    CountingFileSystem.use(sc.hadoopConfiguration());

    ShardManifest without = prepareExcluding(FIRST);
    assertThat(CountingFileSystem.openedShards()).hasSize(2);
    assertThat(held(FIRST)).isZero();
    assertThat(without.documents().dropped()).containsExactly(Map.entry("excluded-url", 1L));

    CountingFileSystem.forget();
    assertThat(prepareExcluding(FIRST)).isEqualTo(without);
    prepare();
    assertThat(CountingFileSystem.openedShards()).isEmpty();

    Files.write(later, content);
    assertThat(prepareExcluding(FIRST).sources()).hasSize(3);
    assertThat(CountingFileSystem.openedShards()).isEmpty();

    ShardManifest both = prepareExcluding(FIRST, SECOND, SECOND);
    assertThat(CountingFileSystem.openedShards()).hasSize(3);
    assertThat(held(SECOND)).isZero();
    assertThat(both.sources().get(0)).isEqualTo(without.sources().get(0));
    assertThat(said).contains("looking for 1 newly listed addresses in the lineage of 3 shards");
  }

  @Test
  void anAddressThatLeavesTheListStaysOutUntilAllIsMadeAnew() throws IOException {
    ShardManifest whole = prepare().manifest();
    prepareExcluding(FIRST, SECOND);

    ShardManifest shrunk = prepareExcluding(SECOND);

    assertThat(said)
        .contains("1 addresses of earlier lists, which this one does not name, stay out too");
    assertThat(shrunk.documents().dropped()).containsExactly(Map.entry("excluded-url", 2L));
    assertThat(held(FIRST)).isZero();
    ShardManifest anew = run(ShardOutput.Existing.REPLACE, List.of(SECOND)).manifest();
    assertThat(said).anyMatch(s -> s.startsWith("1 addresses that were taken down come back"));
    assertThat(anew.documents().dropped()).containsExactly(Map.entry("excluded-url", 1L));
    assertThat(anew.sources().get(0)).isEqualTo(whole.sources().get(0));
    assertThat(held(FIRST)).isPositive();
    assertThat(held(SECOND)).isZero();
  }

  @Test
  void aListWhoseRunWasKilledBeforeItLookedIsLookedForByTheNext() throws IOException {
    prepare();
    keep(FIRST);

    prepare();

    assertThat(held(FIRST)).isZero();
    assertThat(marks()).isEqualTo(1);
  }

  @Test
  void aRunKilledBetweenItsPlanAndItsMarkEndsWithTheSameShards() throws IOException {
    prepare();
    prepareExcluding(SECOND);
    Map<String, String> unbroken = shardDigests();
    delete(output);
    ShardManifest first = prepare().manifest();
    keep(SECOND);
    SourceEntry source = first.sources().get(1);
    var root = new org.apache.hadoop.fs.Path(output.toString());
    ShardFolder writer = new ShardFolder(output.toString(), CONF);
    CorpusFile file = CorpusFile.of(source.source().path(), source.source().bytes());
    writer.write(
        new IngestPlan(
            2, writer.plans().get(0).recipe(), List.of(new PlannedSource(source.number(), file))));
    assertThat(ExclusionLists.read(root, CONF).pending().urls()).hasSize(1);

    ShardManifest second = prepare().manifest();

    assertThat(shardDigests()).isEqualTo(unbroken);
    assertThat(held(SECOND)).isZero();
    assertThat(second.sources().get(0)).isEqualTo(first.sources().get(0));
    assertThat(marks()).isEqualTo(1);
  }

  @Test
  void aTaskOfAKilledRunCannotCommitWhatIsExcludedSince() throws IOException {
    ShardManifest first = prepare().manifest();
    var root = new org.apache.hadoop.fs.Path(output.toString());
    delete(output.resolve("_manifests"));
    ShardFolder.write(first.sources().get(0), root, CONF);
    ShardFolder.write(first.sources().get(2), root, CONF);

    // Source 1 was being made; its task may yet write an entry of batch 1.
    ShardManifest second = prepareExcluding(SECOND);

    assertThat(second.sources()).extracting(SourceEntry::batch).containsExactly(1, 2, 1);
    ShardFolder.write(first.sources().get(1), root, CONF);
    assertThat(prepare().manifest()).isEqualTo(second);
    assertThat(held(SECOND)).isZero();
  }

  @Test
  void theOneListOfEarlierVersionsStillCounts() throws IOException {
    prepare();
    Files.writeString(output.resolve("_exclusions.txt"), FIRST.substring("https://".length()));

    prepare();
    assertThat(held(FIRST)).isZero();
    said.clear();

    prepareExcluding(FIRST);
    assertThat(said).isEmpty();
  }

  @Test
  void aListThatWasChangedOrIsGoneIsNamed() throws IOException {
    prepare();
    prepareExcluding(FIRST, SECOND);
    Path list;
    try (Stream<Path> files = Files.list(output.resolve("_exclusions"))) {
      list = files.filter(f -> f.toString().endsWith(".txt")).findFirst().orElseThrow();
    }
    Files.deleteIfExists(list.resolveSibling("." + list.getFileName() + ".crc"));
    Files.writeString(list, "a.b/c\n");

    assertThatThrownBy(this::prepare)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(list.getFileName() + ", which keeps addresses out")
        .hasMessageContaining("was changed");
    Files.delete(list);
    assertThatThrownBy(this::prepare)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is gone: restore it, or use --fresh");
    assertThat(run(ShardOutput.Existing.REPLACE, List.of()).outcome())
        .isEqualTo(PrepareSummary.Outcome.PREPARED);
  }

  @Test
  void anotherSpellingOfAnAddressTakesItsDocumentDown() throws IOException {
    String written = "https://b\u00fccher.de/%C3%84rger";
    List<String> lines = new ArrayList<>(TestCorpus.lines(TestCorpus.texts(1, DOCUMENTS)));
    lines.set(5, lines.get(5).replaceFirst("https://a.b/[0-9a-f]+", written));
    assertThat(lines.get(5)).contains(written);
    TestCorpus.write(corpus, "train", 1, lines);
    prepare();
    assertThat(held(written)).isPositive();

    prepareExcluding("HTTP://www.xn--bcher-kva.de/\u00c4rger#top");

    assertThat(held(written)).isZero();
  }

  private ShardManifest prepareExcluding(String... urls) {
    return run(ShardOutput.Existing.KEEP, List.of(urls)).manifest();
  }

  private PrepareSummary run(ShardOutput.Existing existing, List<String> urls) {
    PrepareRequest plain = request(LENGTH, 0.5, urls);
    PrepareProgress listening =
        new PrepareProgress() {
          @Override
          public void say(String sentence) {
            said.add(sentence);
          }

          @Override
          public void at(long bytesDone, long bytes, int filesDone, int files, Duration elapsed) {}
        };
    return CorpusPreparation.prepare(
        sc,
        new PrepareRequest(
            plain.corpus(),
            plain.split(),
            plain.vocabulary(),
            new PrepareRules(new ShardSettings(LENGTH, 8), Cleaning.none(), 0.5, urls),
            new ShardOutput(output.toString(), existing, Map.of("version", "test"))),
        listening);
  }

  /** Runs of tokens in the shards from the document of an address. */
  private long held(String url) {
    return spark
        .read()
        .parquet(output.toString())
        .selectExpr("explode(spans) as span")
        .filter("span.url_hash = " + UrlHash.of(url))
        .count();
  }

  /** A list of a run that was killed when it had written it. */
  private void keep(String url) throws IOException {
    ExclusionLists.read(new org.apache.hadoop.fs.Path(output.toString()), CONF)
        .add(Exclusions.of(List.of(url)));
  }

  private long marks() throws IOException {
    try (Stream<Path> files = Files.list(output.resolve("_exclusions"))) {
      return files.filter(file -> file.toString().endsWith(".applied")).count();
    }
  }
}
