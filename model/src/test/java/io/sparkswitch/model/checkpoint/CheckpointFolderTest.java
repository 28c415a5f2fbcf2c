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
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class CheckpointFolderTest extends CheckpointTestCase {
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
}
