package io.sparkswitch.distill.target.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.distill.target.Distributions;
import io.sparkswitch.distill.target.Rows;
import io.sparkswitch.distill.target.SoftTargets;
import io.sparkswitch.distill.target.TargetKind;
import io.sparkswitch.distill.target.TargetValues;
import io.sparkswitch.distill.target.TargetsSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SoftTargetsStoreTest {
  private static final int K = 3;
  private static final TargetsSettings TOP_3 = TargetsSettings.topK(K, TargetValues.BFLOAT16);
  private static final String SECOND_FILE =
      "targets-00000000-00000002-rank-001-attempt-000.parquet";

  private final Configuration conf = QuickZstd.conf();
  private TargetsFolder folder;

  @TempDir Path dir;

  @BeforeEach
  void folder() {
    // The raw file system: the checksummed one would find an altered file before we do.
    conf.set("fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem");
    conf.setBoolean("fs.file.impl.disable.cache", true);
    folder = new TargetsFolder(dir.toUri().toString(), conf);
  }

  private SoftTargetsReader open() {
    return SoftTargetsReader.open(dir.toUri().toString(), conf);
  }

  @Test
  void whatTwoRanksWroteThreeRanksRead() throws IOException {
    Rows.store(folder, TOP_3);
    int compared = 0;
    for (int[] range : new int[][] {{0, 1}, {1, 4}, {4, 5}}) {
      SoftTargetsReader reader = open();
      for (long step = 0; step < 4; step++) {
        Batch part = Rows.batch(step).slice(range[0], range[1]);
        List<SoftTargets> expected = Rows.rows(step, range[0], range[1], TOP_3);
        List<SoftTargets> actual = reader.rows(step, range[0], part);
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
          assertThat(Rows.same(actual.get(i), expected.get(i))).isTrue();
          compared++;
        }
      }
    }
    assertThat(compared).isEqualTo(4 * Rows.BATCH);
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void everyKindIsReadAsItWasWritten(TargetsSettings settings) throws IOException {
    Rows.store(folder, settings);
    List<SoftTargets> written = Rows.rows(3, 2, 5, settings);
    List<SoftTargets> read = open().rows(3, 2, 5);
    for (int i = 0; i < 3; i++) {
      assertThat(Rows.same(read.get(i), written.get(i))).isTrue();
    }
    assertThat(open().manifest().settings()).isEqualTo(settings.over(4));
  }

  private static List<TargetsSettings> everyKind() {
    return List.of(
        TargetsSettings.full(Rows.VOCAB, TargetValues.FLOAT32),
        TargetsSettings.full(Rows.VOCAB, TargetValues.BFLOAT16).at(2),
        TOP_3,
        TargetsSettings.topK(K, TargetValues.FLOAT32),
        TargetsSettings.topK(K, TargetValues.EIGHT_BIT),
        TargetsSettings.sampled(1),
        TargetsSettings.sampled(30).at(0.5));
  }

  @Test
  void theManifestSurvivesItsJson() throws IOException {
    TargetsManifest written = Rows.store(folder, TOP_3);
    SoftTargetsReader reader = open();
    reader.verifyDigests();
    assertThat(reader.manifest()).isEqualTo(written);
    assertThat(written.files()).extracting(TargetFile::name).contains(SECOND_FILE).hasSize(4);
  }

  /** Parquet's own record reader stands for any other. */
  @Test
  void anyParquetReaderSeesListsOverPositions() throws IOException {
    Rows.store(folder, TOP_3);
    org.apache.hadoop.fs.Path file =
        new org.apache.hadoop.fs.Path(dir.resolve(SECOND_FILE).toUri());
    SoftTargets expected = Rows.rows(0, 2, 3, TOP_3).get(0);
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), file).withConf(conf).build()) {
      Group row = reader.read();
      assertThat(row.getLong("segment_id", 0)).isEqualTo(2);
      Group position = row.getGroup("tokens", 0).getGroup("list", 1).getGroup("element", 0);
      assertThat(position.getFieldRepetitionCount("list")).isEqualTo(K);
      assertThat(position.getGroup("list", 2).getInteger("element", 0))
          .isEqualTo(expected.distributions().tokens()[K + 2]);
      assertThat(row.getGroup("remainder", 0).getFieldRepetitionCount("list")).isEqualTo(4);
    }
    assertThat(SoftTargetsSchema.ROW.toString())
        .contains("required group tokens (LIST)")
        .contains("required group probabilities (LIST)");
  }

  @Test
  void aFolderWithoutAWholeManifestIsUnfinished() throws IOException {
    Rows.store(folder, TOP_3);
    Path manifest = dir.resolve("manifest.json");
    String json = Files.readString(manifest);
    Files.writeString(manifest, json.substring(0, json.length() / 2));
    assertThatThrownBy(this::open)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is not a finished folder of soft targets: run teach");
    Files.delete(manifest);
    assertThatThrownBy(this::open).hasMessageContaining("is not a finished folder");
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Rows.store(folder, TOP_3);
    Files.delete(dir.resolve(SECOND_FILE));
    assertThatThrownBy(this::open)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(SECOND_FILE + " is missing; run teach again with --fresh");
  }

  @Test
  void aTruncatedFileIsNamed() throws IOException {
    Rows.store(folder, TOP_3);
    long bytes;
    try (RandomAccessFile file = new RandomAccessFile(dir.resolve(SECOND_FILE).toFile(), "rw")) {
      bytes = file.length();
      file.setLength(bytes - 1);
    }
    assertThatThrownBy(this::open)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(SECOND_FILE + " has %d bytes, not %d".formatted(bytes - 1, bytes));
  }

  @Test
  void anAlteredFileOnAFileSystemWithChecksumsIsNamedAlike() throws IOException {
    Configuration checked = QuickZstd.conf();
    Rows.store(new TargetsFolder(dir.toUri().toString(), checked), TOP_3);
    assertThat(dir.resolve("." + SECOND_FILE + ".crc")).exists();
    alter(SECOND_FILE);

    SoftTargetsReader reader = SoftTargetsReader.open(dir.toUri().toString(), checked);

    assertThatThrownBy(() -> reader.rows(0, 0, 3))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(SECOND_FILE + " was altered")
        .hasMessageContaining("run teach again with --fresh");
  }

  private void alter(String name) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(dir.resolve(name).toFile(), "rw")) {
      file.seek(file.length() / 2);
      int value = file.read();
      file.seek(file.length() / 2);
      file.write(value ^ 1);
    }
  }

  @Test
  void anAlteredFileIsNamedBeforeAnyOfItIsUsed() throws IOException {
    Rows.store(folder, TOP_3);
    alter(SECOND_FILE);
    SoftTargetsReader reader = open();
    assertThatThrownBy(reader::verifyDigests)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(SECOND_FILE + " was altered");
    assertThat(reader.rows(0, 0, 2)).hasSize(2);
    assertThatThrownBy(() -> reader.rows(0, 0, 3)).hasMessageContaining(SECOND_FILE);
  }

  @Test
  void doubleAndMissingRowsAreRefusedByPlace() throws IOException {
    List<TargetFile> files = new ArrayList<>();
    files.add(Rows.write(folder, new TargetChunk(0, 1, 0, 0), 0, 2, TOP_3));
    files.add(Rows.write(folder, new TargetChunk(0, 1, 1, 0), 1, 4, TOP_3));
    folder.commit(Rows.manifest(TOP_3, files));
    SoftTargetsReader reader = open();
    assertThatThrownBy(() -> reader.rows(0, 0, 2))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("hold step 0, sequence 1 twice; run teach again with --fresh");
    assertThatThrownBy(() -> reader.rows(0, 2, 5))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("lack step 0, sequence 4; run teach again with --fresh");
  }

  @Test
  void aManifestOfTooFewRowsCannotBeMade() throws IOException {
    TargetFile file = Rows.write(folder, new TargetChunk(0, 1, 0, 0), 0, 2, TOP_3);
    assertThatThrownBy(() -> Rows.manifest(TOP_3, List.of(file)))
        .hasMessageContaining("the files hold 2 rows, but 1 steps of 5 sequences are 5");
  }

  @Test
  void rowsOfAnotherSequenceAreRefused() throws IOException {
    Rows.store(folder, TOP_3);
    SoftTargetsReader reader = open();
    assertThatThrownBy(() -> reader.rows(1, 0, Rows.batch(2)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "step 1, sequence 0 has segment 100, the student's batch has 200 there")
        .hasMessageContaining("run teach with this run's data and seed");
    Batch old = Rows.batch(3);
    Batch epoch =
        new Batch(
            old.sequences(),
            old.encoderLength(),
            old.decoderLength(),
            old.encoderInputTokens(),
            old.decoderInputTokens(),
            old.decoderTargetTokens(),
            old.decoderLossWeights(),
            old.segmentIds(),
            new int[Rows.BATCH]);
    assertThatThrownBy(() -> reader.rows(3, 0, epoch))
        .hasMessageContaining("has epoch 1, the student's batch has 0 there");
  }

  @Test
  void aStepBeyondTheTargetsIsRefused() throws IOException {
    Rows.store(folder, TOP_3);
    assertThatThrownBy(() -> open().rows(4, 0, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cover steps [0, 4), not step 4: run teach with teach.steps=5");
  }

  @Test
  void rowsThatAreNoDistributionsAreRefusedByFile() throws IOException {
    SoftTargets row = Rows.rows(0, 0, 1, TOP_3).get(0);
    Distributions of = row.distributions();
    float[] halved = of.probabilities().clone();
    halved[0] /= 2;
    Distributions wrong = new Distributions(of.ends(), of.tokens(), halved, of.remainder());
    List<TargetFile> files = new ArrayList<>();
    TargetChunk chunk = new TargetChunk(0, 1, 0, 0);
    try (SoftTargetsWriter writer = folder.writer(chunk, TargetKind.TOP_K)) {
      writer.write(new SoftTargets(0, 0, row.key(), wrong));
      files.add(writer.finish());
    }
    files.add(Rows.write(folder, new TargetChunk(0, 1, 1, 0), 1, 5, TOP_3));
    folder.commit(Rows.manifest(TOP_3, files));
    assertThatThrownBy(() -> open().rows(0, 0, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(chunk.fileName() + " cannot be read: the masses at position 0 add up")
        .hasMessageContaining("run teach again with --fresh");
  }

  @Test
  void aWriterRefusesRowsOutOfOrderAndFilesThatAreThere() throws IOException {
    TargetChunk chunk = new TargetChunk(0, 2, 0, 0);
    List<SoftTargets> rows = Rows.rows(0, 0, 2, TOP_3);
    try (SoftTargetsWriter writer = folder.writer(chunk, TargetKind.TOP_K)) {
      writer.write(rows.get(1));
      assertThatThrownBy(() -> writer.write(rows.get(0)))
          .hasMessageContaining("rows are written in order, once");
      assertThatThrownBy(() -> writer.write(Rows.rows(2, 0, 1, TOP_3).get(0)))
          .hasMessageContaining("step 2 does not belong into " + chunk.fileName());
    }
    assertThatThrownBy(() -> folder.writer(chunk, TargetKind.TOP_K))
        .isInstanceOf(IOException.class);
  }
}
