package io.sparkswitch.distill.target.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.distill.target.Rows;
import io.sparkswitch.distill.target.TargetValues;
import io.sparkswitch.distill.target.TargetsSettings;
import io.sparkswitch.distill.target.store.TargetFile.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkLogTest {
  private static final TargetsSettings SETTINGS =
      TargetsSettings.topK(3, TargetValues.BFLOAT16).over(4);

  private TargetsFolder folder;

  @TempDir Path dir;

  @BeforeEach
  void folder() {
    Configuration conf = QuickZstd.conf();
    // The raw file system: the checksummed one would find an altered file before we do.
    conf.set("fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem");
    conf.setBoolean("fs.file.impl.disable.cache", true);
    folder = new TargetsFolder(dir.toUri().toString(), conf);
  }

  @Test
  void chunksAreReadBackInTheOrderOfTheirSteps() throws IOException {
    assertThat(folder.chunks().read()).isEmpty();
    TaughtChunk second = commit(2, 4);
    TaughtChunk first = commit(0, 2);
    assertThat(folder.chunks().readOf(SETTINGS, Rows.ORIGIN)).containsExactly(first, second);
  }

  @Test
  void whatComesAfterAGapOrBreaksOffDoesNotCount() throws IOException {
    TaughtChunk first = commit(0, 1);
    commit(2, 4);
    Path torn = dir.resolve("_chunks/00000001-00000002.json");
    String whole = Files.readString(dir.resolve("_chunks/00000000-00000001.json"));
    Files.writeString(torn, whole.substring(0, whole.length() / 2));
    assertThat(folder.chunks().read()).containsExactly(first);

    commit(1, 2); // replaces what broke off

    assertThat(folder.chunks().read()).hasSize(3);
  }

  @Test
  void whatComesAfterAGapIsTakenBackBeforeItIsMadeAgain() throws IOException {
    TaughtChunk first = commit(0, 1);
    commit(2, 4);

    folder.deleteAllBut(first.files());
    folder.chunks().deleteAllBut(List.of(first));
    commit(1, 2);

    assertThat(folder.chunks().read())
        .extracting(chunk -> chunk.steps().to())
        .containsExactly(1L, 2L);
    commit(2, 4);
    assertThat(folder.chunks().read()).hasSize(3);
  }

  /** As users have it: a local disk with checksums, which see the damage first. */
  @Test
  void aBrokenChunkOnAFileSystemWithChecksumsDoesNotCountEither() throws IOException {
    folder = new TargetsFolder(dir.toUri().toString(), QuickZstd.conf());
    TaughtChunk first = commit(0, 1);
    commit(1, 2);
    Path torn = dir.resolve("_chunks/00000001-00000002.json");
    assertThat(dir.resolve("_chunks/.00000001-00000002.json.crc")).exists();
    String whole = Files.readString(torn);
    Files.writeString(torn, whole.substring(0, whole.length() / 2));

    assertThat(folder.chunks().read()).containsExactly(first);

    folder.deleteAllBut(first.files());
    commit(1, 2);
    assertThat(folder.chunks().read()).hasSize(2);
  }

  @Test
  void aChunkIsCommittedOnce() throws IOException {
    TaughtChunk chunk = commit(0, 2);
    assertThatThrownBy(() -> folder.chunks().commit(chunk))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is there already");
  }

  @Test
  void aChunkOfTooFewRowsCannotBeMade() throws IOException {
    TargetFile file = Rows.write(folder, new TargetChunk(0, 2, 0, 0), 0, 4, SETTINGS);
    assertThatThrownBy(() -> TaughtChunk.of(SETTINGS, Rows.ORIGIN, new Span(0, 2), List.of(file)))
        .hasMessage("8 rows for steps [0, 2) of 5 sequences, not 10: rows are missing or double");
  }

  @Test
  void aFileThatIsGoneIsNamed() throws IOException {
    String name = commit(0, 2).files().get(0).name();
    Files.delete(dir.resolve(name));
    assertThatThrownBy(() -> folder.chunks().read())
        .isInstanceOf(InputException.class)
        .hasMessageContaining(name + " is missing; run teach again with --fresh");
  }

  @Test
  void chunksOfOtherTargetsAreNotContinued() throws IOException {
    commit(0, 2);
    TargetsOrigin other = new TargetsOrigin("teacher-b", "words-a", Rows.ORIGIN.stream());
    assertThatThrownBy(() -> folder.chunks().readOf(SETTINGS.at(2), other))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("temperature: was 1.0, is 2.0; teacher digest: was teacher-a, is")
        .hasMessageContaining("give --fresh to start over, or another --out");
  }

  @Test
  void theManifestTakesTheChunksPlaceAndStraysGo() throws IOException {
    TaughtChunk chunk = commit(0, 4);
    Rows.write(folder, new TargetChunk(0, 4, 0, 7), 0, 2, SETTINGS); // of an attempt that was lost
    Files.writeString(dir.resolve("manifest.json"), "{"); // of a commit that broke off
    assertThat(folder.manifest()).isEmpty();

    folder.commit(Rows.manifest(SETTINGS, chunk.files()));

    assertThat(folder.manifest().orElseThrow().files()).isEqualTo(chunk.files());
    assertThat(folder.chunks().read()).isEmpty();
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("manifest.json", chunk.files().get(0).name());
    }
  }

  private TaughtChunk commit(long from, long to) throws IOException {
    TargetFile file = Rows.write(folder, new TargetChunk(from, to, 0, 0), 0, Rows.BATCH, SETTINGS);
    TaughtChunk chunk = TaughtChunk.of(SETTINGS, Rows.ORIGIN, new Span(from, to), List.of(file));
    folder.chunks().commit(chunk);
    return chunk;
  }
}
