package io.sparkswitch.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.tensor.Doubles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointFolderTest {
  @TempDir Path root;

  private PointerScope scope;
  private CheckpointFolder folder;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void open() {
    scope = new PointerScope();
    folder = new CheckpointFolder(root.toUri().toString(), new Configuration(), said::add);
  }

  @AfterEach
  void close() {
    scope.close();
  }

  /** What can befall the newest checkpoint. */
  enum Damage {
    NO_MANIFEST("it was never finished: it has no manifest") {
      @Override
      void befall(Path checkpoint) throws IOException {
        Files.delete(manifest(checkpoint));
      }
    },
    HALF_A_MANIFEST("manifest-000.json was never finished") {
      @Override
      void befall(Path checkpoint) throws IOException {
        cut(manifest(checkpoint), 2);
      }
    },
    EMPTY_MANIFEST("manifest-000.json was never finished") {
      @Override
      void befall(Path checkpoint) throws IOException {
        cut(manifest(checkpoint), 0);
      }
    },
    MISSING_SHARD("b-attempt-000.safetensors is missing") {
      @Override
      void befall(Path checkpoint) throws IOException {
        Files.delete(shard(checkpoint));
      }
    },
    TRUNCATED_SHARD("b-attempt-000.safetensors has ") {
      @Override
      void befall(Path checkpoint) throws IOException {
        cut(shard(checkpoint), 2);
      }
    },
    ALTERED_SHARD(
        "b-attempt-000.safetensors was altered or is another checkpoint's: its digest differs") {
      @Override
      void befall(Path checkpoint) throws IOException {
        byte[] bytes = Files.readAllBytes(shard(checkpoint));
        bytes[bytes.length - 3] ^= 1;
        Files.write(shard(checkpoint), bytes);
      }
    },
    FOREIGN_SHARD("b-attempt-000.safetensors was altered or is another checkpoint's") {
      @Override
      void befall(Path checkpoint) throws IOException {
        Path foreign = shard(checkpoint.resolveSibling("step-00000100"));
        Files.copy(foreign, shard(checkpoint), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
            checksum(foreign), checksum(shard(checkpoint)), StandardCopyOption.REPLACE_EXISTING);
      }
    },
    ALTERED_MANIFEST("manifest-000.json is damaged: Unrecognized token") {
      @Override
      void befall(Path checkpoint) throws IOException {
        byte[] bytes = Files.readAllBytes(manifest(checkpoint));
        bytes[0] ^= 1;
        Files.write(manifest(checkpoint), bytes);
      }
    },
    FOREIGN_MANIFEST(
        "manifest-000.json is damaged: it is that of step-00000100/manifest-000.json") {
      @Override
      void befall(Path checkpoint) throws IOException {
        Path foreign = manifest(checkpoint.resolveSibling("step-00000100"));
        Files.copy(foreign, manifest(checkpoint), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
            checksum(foreign), checksum(manifest(checkpoint)), StandardCopyOption.REPLACE_EXISTING);
      }
    };

    private final String reason;

    Damage(String reason) {
      this.reason = reason;
    }

    abstract void befall(Path checkpoint) throws IOException;

    static Path manifest(Path checkpoint) {
      return checkpoint.resolve("manifest-000.json");
    }

    static Path shard(Path checkpoint) {
      return checkpoint.resolve("b-attempt-000.safetensors");
    }

    /** What Hadoop's local file system keeps beside a file. */
    static Path checksum(Path file) {
      return file.resolveSibling("." + file.getFileName() + ".crc");
    }

    /** Keeps one part in {@code parts}, or nothing. */
    static void cut(Path file, int parts) throws IOException {
      byte[] bytes = Files.readAllBytes(file);
      int kept = parts == 0 ? 0 : bytes.length / parts;
      Files.write(file, Arrays.copyOf(bytes, kept), StandardOpenOption.TRUNCATE_EXISTING);
    }
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void aDamagedCheckpointIsPassedOverForTheOlderOne(Damage damage) throws Exception {
    save(100, 0);
    save(200, 0);
    damage.befall(root.resolve("step-00000200"));
    forgetChecksums(); // as in an object store

    assertThat(folder.latest().orElseThrow().manifest().step()).isEqualTo(100);
    assertThat(said)
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("step-00000200 is passed over: " + damage.reason)
        .containsPattern("using .*/step-00000100\\.$");
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void damageThatTheFileSystemItselfNoticesIsPassedOverToo(Damage damage) throws Exception {
    save(100, 0);
    save(200, 0);
    damage.befall(root.resolve("step-00000200"));
    assertThat(folder.latest().orElseThrow().manifest().step()).isEqualTo(100);
    assertThat(said)
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("step-00000200 is passed over: ");
  }

  @Test
  void whatIsOlderThanTheOneUsedIsNotSpokenOf() throws Exception {
    save(100, 0);
    Damage.MISSING_SHARD.befall(root.resolve("step-00000100"));
    save(200, 0);
    assertThat(folder.latest().orElseThrow().manifest().step()).isEqualTo(200);
    assertThat(said).isEmpty();
  }

  @Test
  void aRunThatWasKilledBeforeItsFirstCommitBeginsAnewAndSaysSo() throws Exception {
    folder.writeShard(100, 0, "b", Map.of("b", Doubles.normal(1, 9)));
    assertThat(folder.latest()).isEmpty();
    assertThat(said)
        .singleElement(InstanceOfAssertFactories.STRING)
        .endsWith("it was never finished: it has no manifest; there is no other.");
  }

  @Test
  void checkpointsOfEveryNStepsStayForGood() throws Exception {
    for (long step = 50; step <= 300; step += 50) {
      save(step, 0);
      folder.prune(new Retention(1, 100), step);
    }
    assertThat(root.toFile().list())
        .containsExactlyInAnyOrder("step-00000100", "step-00000200", "step-00000300");
    save(350, 0);
    folder.prune(new Retention(2, 0), 350);
    assertThat(root.toFile().list()).containsExactlyInAnyOrder("step-00000300", "step-00000350");
  }

  @Test
  void whatABrokenAttemptLeftBetweenGoesThoughItsStepWouldStay() throws Exception {
    save(50, 0);
    folder.writeShard(100, 0, "b", Map.of("b", Doubles.normal(1, 9)));
    save(150, 1);
    folder.prune(new Retention(2, 100), 150);
    assertThat(root.toFile().list()).containsExactlyInAnyOrder("step-00000050", "step-00000150");
  }

  @Test
  void aRunWithoutCheckpointsHasNoLatest() throws Exception {
    assertThat(folder.latest()).isEmpty();
    CheckpointFolder absent =
        new CheckpointFolder(root.resolve("absent").toUri().toString(), new Configuration());
    assertThat(absent.latest()).isEmpty();
    absent.prune(new Retention(1, 0), 100);
    assertThatExceptionOfType(FileNotFoundException.class)
        .isThrownBy(() -> absent.require(OptionalLong.empty()))
        .withMessageContaining("absent holds no finished checkpoint");
  }

  @Test
  void theLatestIsByStepThenByAttempt() throws Exception {
    save(1000, 0);
    save(900, 3);
    assertThat(folder.latest().orElseThrow().manifest().step()).isEqualTo(1000);
    save(1000, 10);
    save(1000, 2);
    assertThat(folder.latest().orElseThrow().manifest().attempt()).isEqualTo(10);
    assertThat(folder.open(1000, 2).manifest().attempt()).isEqualTo(2);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> folder.open(1000, 7))
        .withMessageContaining("step-00001000 has no checkpoint of attempt 7");
  }

  @Test
  void aStepThatIsNotThereIsRefusedWithThoseThatAre() throws Exception {
    save(100, 0);
    save(200, 0);
    assertThat(folder.require(OptionalLong.of(100)).manifest().step()).isEqualTo(100);
    assertThatExceptionOfType(FileNotFoundException.class)
        .isThrownBy(() -> folder.require(OptionalLong.of(150)))
        .withMessageContaining("holds no checkpoint of step 150; it has steps [100, 200]");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9})
  void pruningKeepsTheNewest(int keep) throws Exception {
    List<Long> steps = List.of(100L, 200L, 300L);
    for (long step : steps) {
      save(step, 0);
    }
    folder.prune(new Retention(keep, 0), 300);
    for (int i = 0; i < steps.size(); i++) {
      Path checkpoint = root.resolve("step-%08d".formatted(steps.get(i)));
      assertThat(Files.exists(checkpoint)).isEqualTo(i >= steps.size() - keep);
    }
    assertThat(folder.latest().orElseThrow().manifest().step()).isEqualTo(300);
  }

  @Test
  void pruningNeverDeletesTheNewestWhenTwoAttemptsCommittedItsStep() throws Exception {
    save(100, 0);
    save(200, 0);
    save(200, 1);
    folder.prune(new Retention(1, 0), 200);
    assertThat(folder.latest().orElseThrow().manifest().attempt()).isEqualTo(1);
    assertThat(root.resolve("step-00000100")).doesNotExist();
  }

  @Test
  void pruningAfterGoingBackToAnOlderCheckpointKeepsTheOneJustCommitted() throws Exception {
    save(100, 0);
    save(200, 0);
    Damage.MISSING_SHARD.befall(root.resolve("step-00000200"));
    save(150, 1);
    folder.prune(new Retention(1, 0), 150);
    assertThat(folder.latest().orElseThrow().manifest().step()).isEqualTo(150);
    assertThat(root.resolve("step-00000100")).doesNotExist();
  }

  @Test
  void aRunWhoseCheckpointsAreAllDamagedIsNotTakenForANewOne() throws Exception {
    save(100, 0);
    save(200, 0);
    Damage.MISSING_SHARD.befall(root.resolve("step-00000100"));
    Damage.MISSING_SHARD.befall(root.resolve("step-00000200"));
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> folder.latest())
        .withMessageContaining("holds checkpoints, but none of them is whole")
        .withMessageContaining("step-00000200: b-attempt-000.safetensors is missing")
        .withMessageContaining("step-00000100: b-attempt-000.safetensors is missing")
        .withMessageContaining("--fresh");
    folder.clear();
    assertThat(folder.latest()).isEmpty();
  }

  @Test
  void aRunWhoseOnlyManifestIsDamagedIsNotTakenForANewOne() throws Exception {
    save(100, 0);
    Path manifest = Damage.manifest(root.resolve("step-00000100"));
    byte[] bytes = Files.readAllBytes(manifest);
    bytes[0] ^= 1;
    Files.write(manifest, bytes);
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> folder.latest())
        .withMessageContaining("manifest-000.json")
        .withMessageContaining("none of them is whole");
  }

  @Test
  void shardsThatTheDriverDoesNotSeeAreNotCommitted() throws Exception {
    Shard seen = folder.writeShard(100, 0, "a", Map.of("a", Doubles.normal(1, 20)));
    Shard unseen = new Shard("experts-001-of-002-attempt-000.safetensors", 99, seen.sha256());
    CheckpointManifest manifest =
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION, 100, 0, List.of(seen, unseen), Map.of());
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> folder.commit(manifest))
        .withMessageContaining("experts-001-of-002-attempt-000.safetensors")
        .withMessageContaining("must lie where the driver and every executor see it");
    assertThat(folder.latest()).isEmpty();
  }

  @Test
  void aDamagedAttemptOfAStepGivesWayToAWholeOne() throws Exception {
    save(100, 0);
    save(100, 2);
    Files.delete(root.resolve("step-00000100/b-attempt-002.safetensors"));
    assertThat(folder.require(OptionalLong.of(100)).manifest().attempt()).isZero();
    Files.delete(root.resolve("step-00000100/b-attempt-000.safetensors"));
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> folder.require(OptionalLong.of(100)))
        .withMessageContaining("step-00000100 is damaged (");
  }

  @Test
  void aNumberOfAnAttemptIsNeverGivenTwice() throws Exception {
    AttemptNumbers numbers = new AttemptNumbers(root.toUri().toString(), new Configuration());
    AttemptNumbers another = new AttemptNumbers(root.toUri().toString(), new Configuration());
    assertThat(numbers.claim()).isZero();
    assertThat(another.claim()).isEqualTo(1);
    save(100, 41); // as a version wrote it that kept no numbers
    assertThat(numbers.claim()).isEqualTo(42);
    folder.clear();
    assertThat(another.claim()).isEqualTo(43);
  }

  @Test
  void anAttemptsShardsDoNotTouchThoseOfAnother() throws Exception {
    save(100, 0);
    folder.writeShard(100, 1, "b", Map.of("b", Doubles.normal(5, 9)));
    assertThat(folder.latest().orElseThrow().manifest().attempt()).isZero();
  }

  @Test
  void whatEarlierAttemptsLeftOfACommittedStepIsSweptUp() throws Exception {
    save(100, 0);
    folder.writeShard(100, 1, "b", Map.of("b", Doubles.normal(5, 9)));
    folder.writeShard(100, 4, "b", Map.of("b", Doubles.normal(5, 9)));
    save(100, 3);

    folder.sweep(100, 3);

    Path step = root.resolve("step-00000100");
    assertThat(step.resolve("b-attempt-001.safetensors")).doesNotExist();
    assertThat(step.resolve(".b-attempt-001.safetensors.crc")).doesNotExist();
    assertThat(step.resolve("b-attempt-000.safetensors")).as("committed").exists();
    assertThat(step.resolve("b-attempt-004.safetensors")).as("of a later attempt").exists();
    assertThat(folder.latest().orElseThrow().manifest().attempt()).isEqualTo(3);
  }

  @Test
  void aShardThatCannotBeWrittenLeavesNothingAndIsNamed() {
    TensorSpec spec = TensorSpec.of("a", Doubles.normal(5, 9));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                folder.writeShard(
                    100,
                    0,
                    "a",
                    List.of(spec),
                    of -> {
                      throw new IOException("No space left on device");
                    }))
        .withMessageContaining("step-00000100/a-attempt-000.safetensors: No space left on device")
        .withMessageContaining("once there is room");
    assertThat(root.resolve("step-00000100")).isEmptyDirectory();
  }

  @Test
  void aManifestFromBeforeCursorsStandsAtTheBeginning() throws Exception {
    save(100, 0);
    forgetChecksums();
    Path manifest = Damage.manifest(root.resolve("step-00000100"));
    String json = Files.readString(manifest);
    String old = json.replaceAll("(?s),\\s*\"cursor\" : \\{.*?\\}", "");
    assertThat(old).doesNotContain("cursor").isNotEqualTo(json);
    Files.writeString(manifest, old);
    assertThat(folder.latest().orElseThrow().manifest().cursor())
        .isEqualTo(CheckpointManifest.Cursor.BEGINNING);
  }

  @Test
  void aManifestOfAnotherFormatIsRefusedByVersion() throws Exception {
    save(100, 0);
    forgetChecksums();
    Path manifest = Damage.manifest(root.resolve("step-00000100"));
    String json = Files.readString(manifest);
    Files.writeString(manifest, json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 2"));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> folder.latest())
        .withMessageContaining("manifest-000.json")
        .withMessageContaining("checkpoint format 2 is not known to this version (1)");
  }

  private void save(long step, int attempt) throws IOException {
    Shard a = folder.writeShard(step, attempt, "a", Map.of("a", Doubles.normal(step, 20)));
    Shard b = folder.writeShard(step, attempt, "b", Map.of("b", Doubles.normal(~step, 30)));
    folder.commit(
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION, step, attempt, List.of(a, b), Map.of("seed", "1")));
  }

  /** Hadoop's local file system keeps a checksum file beside each file. */
  private void forgetChecksums() throws IOException {
    try (var files = Files.walk(root)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".crc")).toList()) {
        Files.delete(file);
      }
    }
  }
}
