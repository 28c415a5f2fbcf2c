package io.sparkswitch.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of the file system by those who check a folder, and by those who need not. */
class ShardOpeningTest {
  private static final ShardSettings SETTINGS = new ShardSettings(9, 4);
  private static final int SHARDS = 12;

  private final Configuration conf = new Configuration(TestShards.CONF);

  @TempDir Path folder;
  private ShardManifest manifest;

  /** Shards of two languages; the manifest of one language's only is the first. */
  @BeforeEach
  void write() throws IOException {
    int[] segments = new int[SHARDS];
    Arrays.fill(segments, 5);
    ShardManifest english = TestShards.write(folder, SETTINGS, segments).manifest();
    Files.createDirectories(folder.resolve("language=de"));
    List<SourceEntry> sources = new ArrayList<>();
    for (SourceEntry source : english.sources()) {
      sources.add(source.number() % 2 == 0 ? source : inGerman(source));
    }
    manifest = commit(2, sources);
    CountingFileSystem.use(conf);
  }

  @Test
  void checkingAFolderTakesOneListingALanguageAndNoQuestionAShard() {
    ShardSet.open(folder.toString(), conf);

    assertThat(CountingFileSystem.statuses()).filteredOn(ShardOpeningTest::isShard).isEmpty();
    assertThat(CountingFileSystem.openedShards()).isEmpty();
    assertThat(CountingFileSystem.listings())
        .extracting(org.apache.hadoop.fs.Path::getName)
        .containsExactlyInAnyOrder(ManifestFile.FOLDER, "language=de", "language=en");
  }

  @Test
  void otherProcessesAskForNothingButTheManifest() {
    PinnedShards pinned = ShardSet.open(folder.toString(), conf).pinned();
    CountingFileSystem.forget();

    ShardSet set = pinned.open(conf);

    assertThat(set.manifest()).isEqualTo(manifest);
    assertThat(CountingFileSystem.listings()).isEmpty();
    assertThat(CountingFileSystem.statuses()).filteredOn(ShardOpeningTest::isShard).isEmpty();
    assertThat(set.tokens(set.rowGroups().get(0))).hasSize(4 * 9);
    String read = Path.of(manifest.files().get(0).name()).getFileName().toString();
    assertThat(CountingFileSystem.statuses())
        .extracting(org.apache.hadoop.fs.Path::getName)
        .filteredOn(name -> name.endsWith(".parquet"))
        .containsOnly(read);
  }

  @Test
  void aShardThatWentOrChangedSinceIsNamedWhenItIsRead() throws IOException {
    ShardSet set = ShardSet.open(folder.toString(), conf).pinned().open(conf);
    Path shard = folder.resolve(manifest.files().get(1).name());
    byte[] bytes = Files.readAllBytes(shard);
    Files.deleteIfExists(shard.resolveSibling("." + shard.getFileName() + ".crc"));
    RowGroup group = set.rowGroups().stream().filter(g -> g.file() == 1).findFirst().orElseThrow();

    Files.write(shard, Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(() -> set.tokens(group))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "shard language=de/%s in %s has %d bytes, not %d: restore it, or run prepare again with --fresh"
                .formatted(shard.getFileName(), folder, bytes.length - 1, bytes.length));
    assertThatThrownBy(() -> ShardSet.open(folder.toString(), conf)).hasMessageContaining("bytes");
    Files.delete(shard);
    for (long segment : new long[] {group.firstSegment(), group.firstSegment() + 4}) {
      assertThatThrownBy(() -> set.segment(segment))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "shard language=de/%s in %s is missing: restore it, or run prepare again with --fresh"
                  .formatted(shard.getFileName(), folder));
    }
    assertThatThrownBy(set::verifyDigests).hasMessageContaining("is missing");
    assertThatThrownBy(() -> ShardSet.open(folder.toString(), conf))
        .hasMessageContaining("is missing");
    assertThat(set.tokens(set.rowGroups().get(0))).hasSize(4 * 9);
  }

  @Test
  void aShardThatALaterManifestDoesWithoutWasTakenDown() throws IOException {
    ShardSet begun = ShardSet.open(folder.toString(), conf);
    Path shard = folder.resolve(manifest.files().get(SHARDS - 1).name());
    commit(3, manifest.sources().subList(0, SHARDS - 1));
    Files.delete(shard);

    String says =
        "shard language=de/%s in %s is missing: documents were taken down after manifest 2 was written, and manifest 3 is without them. A run that began with the earlier shards cannot go on with them: begin a new one in another folder, or with --fresh in its own, and it takes manifest 3"
            .formatted(shard.getFileName(), folder);
    assertThatThrownBy(() -> begun.segment(5L * SHARDS - 1))
        .isInstanceOf(InputException.class)
        .hasMessage(says);
    String digest = manifest.dataDigest();
    assertThatThrownBy(() -> ShardSet.openPinned(folder.toString(), digest, conf))
        .isInstanceOf(InputException.class)
        .hasMessage(says);
    assertThat(ShardSet.open(folder.toString(), conf).segments()).isEqualTo(5L * (SHARDS - 1));
  }

  @Test
  void shardsThatWereAllMadeAnewAreToldFromThoseTakenDown() throws IOException {
    ShardSet begun = ShardSet.open(folder.toString(), conf);
    for (Path file : List.of(Path.of("000001.json"), Path.of("000002.json"))) {
      Files.delete(folder.resolve(ManifestFile.FOLDER).resolve(file));
      Files.delete(folder.resolve(ManifestFile.FOLDER).resolve("." + file + ".crc"));
    }
    Files.delete(folder.resolve(manifest.files().get(0).name()));
    commit(1, manifest.sources().subList(1, SHARDS));

    assertThatThrownBy(() -> begun.tokens(begun.rowGroups().get(0)))
        .hasMessageContaining("all shards were made anew since, and are those of manifest 1")
        .hasMessageContaining("begin a new one in another folder, or with --fresh in its own");
    assertThatThrownBy(() -> begun.pinned().open(conf))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds no manifest with data digest");
  }

  private ShardManifest commit(int number, List<SourceEntry> sources) throws IOException {
    ShardManifest made =
        ShardManifest.of(number, SETTINGS, TestShards.VOCABULARY, Map.of(), sources, Map.of());
    ManifestFile.write(new org.apache.hadoop.fs.Path(folder.toString()), TestShards.CONF, made);
    return made;
  }

  private SourceEntry inGerman(SourceEntry source) throws IOException {
    ShardFile file = source.shards().get(0);
    String name = file.name().replace("language=en", "language=de");
    Files.move(folder.resolve(file.name()), folder.resolve(name));
    ShardFile german =
        new ShardFile(
            name,
            "de",
            file.sha256(),
            file.bytes(),
            file.firstSegment(),
            file.rowGroups(),
            file.counts());
    return new SourceEntry(
        source.number(), 1, source.source(), source.documents(), "", List.of(german));
  }

  private static boolean isShard(org.apache.hadoop.fs.Path path) {
    return path.getName().endsWith(".parquet");
  }
}
