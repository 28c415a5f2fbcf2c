package io.sparkswitch.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardSetTest {
  private static final ShardSettings SETTINGS = new ShardSettings(9, 4);

  @TempDir Path folder;

  @Test
  void segmentsComeBackUnderDenseIdsInTheManifestsOrder() throws IOException {
    ShardSet shards = TestShards.write(folder, SETTINGS, 10, 0, 3);

    assertThat(shards.segments()).isEqualTo(13);
    assertThat(shards.rowGroups())
        .containsExactly(
            new RowGroup(0, 0, 0, 4, "en"),
            new RowGroup(0, 1, 4, 4, "en"),
            new RowGroup(0, 2, 8, 2, "en"),
            new RowGroup(2, 0, 10, 3, "en"));
    for (RowGroup group : shards.rowGroups()) {
      int[] tokens = shards.tokens(group);
      assertThat(tokens).hasSize(group.rows() * 9);
      for (int i = 0; i < tokens.length; i++) {
        assertThat(tokens[i]).isEqualTo(TestShards.token(group.firstSegment() + i / 9, i % 9));
      }
    }
  }

  @Test
  void aSegmentKnowsTheDocumentsOfItsTokens() throws IOException {
    ShardSet shards = TestShards.write(folder, SETTINGS, 10, 3);

    Segment segment = shards.segment(12);

    assertThat(segment.id()).isEqualTo(12);
    assertThat(segment.spans()).containsExactly(new DocumentSpan(2, 7, 0, 9));
    assertThat(segment.tokens()).startsWith(TestShards.token(12, 0), TestShards.token(12, 1));
    assertThat(shards.segment(9).tokens()).startsWith(TestShards.token(9, 0));
    assertThatThrownBy(() -> shards.segment(13)).hasMessageContaining("segment 13");
  }

  @Test
  void sameSegmentsGiveTheSameBytes() throws IOException {
    ShardSet a = TestShards.write(folder.resolve("a"), SETTINGS, 10);
    ShardSet b = TestShards.write(folder.resolve("b"), SETTINGS, 10);

    assertThat(a.manifest()).isEqualTo(b.manifest());
    assertThat(a.manifest().dataDigest()).isEqualTo(b.manifest().dataDigest());
  }

  @Test
  void theRecordedDigestIsThatOfTheFile() throws IOException {
    ShardSet shards = TestShards.write(folder, SETTINGS, 10, 3);

    assertThatCode(shards::verifyDigests).doesNotThrowAnyException();

    Path shard = folder.resolve(shards.manifest().files().get(1).name());
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length / 2] ^= 1;
    Files.write(shard, bytes);
    Files.deleteIfExists(shard.resolveSibling("." + shard.getFileName() + ".crc"));
    assertThatThrownBy(shards::verifyDigests)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(shard.getFileName().toString())
        .hasMessageContaining("SHA-256");
  }

  @Test
  void aFolderWithoutAManifestIsNotFinished() throws IOException {
    assertThatThrownBy(() -> ShardSet.open(folder.toString(), TestShards.CONF))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("not a finished shard folder: run prepare");
  }

  @Test
  void aDamagedManifestIsNamedAndNotPassedOver() throws IOException {
    TestShards.write(folder, SETTINGS, 10);
    Path manifest = folder.resolve("_manifests/000001.json");
    byte[] bytes = Files.readAllBytes(manifest);
    Files.delete(folder.resolve("_manifests/.000001.json.crc"));
    for (int length : new int[] {bytes.length - 2, bytes.length / 2, 0}) {
      Files.write(manifest, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> ShardSet.open(folder.toString(), TestShards.CONF))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("000001.json");
    }
  }

  @Test
  void theNewestManifestCountsAndAnOlderOneCanBePinned() throws IOException {
    ShardManifest first = TestShards.write(folder, SETTINGS, 10, 3).manifest();
    ShardManifest second =
        ShardManifest.of(
            2,
            first.settings(),
            first.vocabulary(),
            first.recipe(),
            first.sources().subList(0, 1),
            first.provenance());
    ManifestFile.write(new org.apache.hadoop.fs.Path(folder.toString()), TestShards.CONF, second);

    assertThat(ShardSet.open(folder.toString(), TestShards.CONF).segments()).isEqualTo(10);
    assertThat(ShardSet.openPinned(folder.toString(), first.dataDigest(), TestShards.CONF))
        .hasValueSatisfying(set -> assertThat(set.manifest()).isEqualTo(first));
    assertThat(ShardSet.openPinned(folder.toString(), "none", TestShards.CONF)).isEmpty();
  }

  @Test
  void aShardOfAnotherLengthOrNoneIsNamed() throws IOException {
    ShardSet shards = TestShards.write(folder, SETTINGS, 10);
    Path shard = folder.resolve(shards.manifest().files().get(0).name());
    Files.write(shard, new byte[3]);
    assertThatThrownBy(() -> ShardSet.open(folder.toString(), TestShards.CONF))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "language=en/" + shard.getFileName() + " in " + folder + " has 3 bytes");

    Files.delete(shard);
    assertThatThrownBy(() -> ShardSet.open(folder.toString(), TestShards.CONF))
        .hasMessageContaining("is missing")
        .hasMessageContaining("--fresh");
  }

  @Test
  void aManifestIsNeverOverwritten() throws IOException {
    ShardSet shards = TestShards.write(folder, SETTINGS, 10);

    assertThatThrownBy(
            () ->
                ManifestFile.write(
                    new org.apache.hadoop.fs.Path(folder.toString()),
                    TestShards.CONF,
                    shards.manifest()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aManifestOfAnotherVersionIsRefused() throws IOException {
    Path manifests = Files.createDirectory(folder.resolve(ManifestFile.FOLDER));
    Files.writeString(manifests.resolve("000001.json"), "{\"schemaVersion\": 99}");

    assertThatThrownBy(() -> ShardSet.open(folder.toString(), TestShards.CONF))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("schema version 99, this sparkswitch reads 1 and 2");
  }

  @Test
  void theFirstFormatVersionStillLoads() throws URISyntaxException {
    Path old =
        Path.of(Objects.requireNonNull(ShardSetTest.class.getResource("/shards-v1")).toURI());

    ShardSet shards = ShardSet.open(old.toString(), TestShards.CONF);
    shards.verifyDigests();

    assertThat(shards.segments()).isEqualTo(13);
    assertThat(shards.manifest().vocabulary()).isEqualTo(TestShards.VOCABULARY);
    assertThat(shards.manifest().provenance()).containsEntry("seed", "7");
    assertThat(shards.segment(11).tokens()).startsWith(TestShards.token(11, 0));
  }

  @Test
  void aRowGroupIsCutAtItsSegmentsAndTakesLittleMoreThanTheTokensBits() throws IOException {
    ShardSettings settings = ShardSettings.ofLength(568);
    var path = new org.apache.hadoop.fs.Path(folder.resolve("big.parquet").toString());
    Random random = new Random(5);
    try (ShardWriter writer = ShardWriter.create(path, TestShards.CONF, settings, 0)) {
      for (int row = 0; row < 5000; row++) {
        writer.write(
            random.ints(568, 0, 32_000).toArray(), List.of(new DocumentSpan(row, row, 0, 568)));
      }
      ShardWriter.Written written = writer.finish();

      assertThat(written.rowGroups()).containsExactly(4096, 904);
      assertThat(written.bytes() / (5000.0 * 568)).isLessThan(2.2);
    }
  }

  @Test
  void aSegmentOfAnotherLengthIsRefused() throws IOException {
    var path = new org.apache.hadoop.fs.Path(folder.resolve("a.parquet").toString());
    try (ShardWriter writer = ShardWriter.create(path, TestShards.CONF, SETTINGS, 0)) {
      assertThatThrownBy(() -> writer.write(new int[8], List.of()))
          .hasMessage("a segment of 8 tokens in shards of length 9");
    }
  }
}
