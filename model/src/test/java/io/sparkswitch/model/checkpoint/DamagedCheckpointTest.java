package io.sparkswitch.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.model.tensor.Doubles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is damaged is passed over with a word, and never taken for nothing. */
class DamagedCheckpointTest extends CheckpointTestCase {
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
}
