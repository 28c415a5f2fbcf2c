package io.sparkswitch.jobs.gang;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.jobs.exit.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
  private static final long MIB = 1L << 20;
  private static final Preflight HERE = Preflight.asHere(600 * MIB);

  @TempDir private Path folder;

  @Test
  void theDriverItselfHasWhatItAsksFor() {
    assertThatCode(HERE::check).doesNotThrowAnyException();
  }

  @Test
  void otherVersionsThanTheDriversAreRefused() {
    assertThatThrownBy(new Preflight(HERE.build(), HERE.spark(), 99, 0)::check)
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("the driver Java 99")
        .hasMessageContaining("spark.executorEnv.JAVA_HOME");
    assertThatThrownBy(new Preflight(HERE.build(), "3.0.0", HERE.java(), 0)::check)
        .hasMessageContaining("the driver Spark 3.0.0");
    assertThatThrownBy(new Preflight("version=0", HERE.spark(), HERE.java(), 0)::check)
        .hasMessageContaining("another build of sparkswitch")
        .hasMessageContaining("spark.executor.extraClassPath");
  }

  @Test
  void aContainerThatIsTooSmallIsNamedWithWhatItWouldTake() {
    assertThatCode(() -> HERE.checkMemory(OptionalLong.empty(), 1024 * MIB))
        .doesNotThrowAnyException();
    assertThatCode(() -> HERE.checkMemory(OptionalLong.of(1880 * MIB), 1024 * MIB))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> HERE.checkMemory(OptionalLong.of(1879 * MIB), 1024 * MIB))
        .hasMessageContaining("may use 1879 MiB of memory, but needs 1880")
        .hasMessageContaining("raise spark.executor.memoryOverhead to at least 856m");
  }

  @Test
  void aDiskThatIsTooFullIsNamedUnlessTheLibrariesAreThereAlready() throws Exception {
    assertThatThrownBy(() -> Preflight.checkRoom(folder, 100 * MIB))
        .hasMessageContaining("has 100 MiB left in " + folder)
        .hasMessageContaining("set SPARKSWITCH_NATIVE_CACHE to a folder on another disk");
    Files.createDirectory(folder.resolve("pytorch.jar"));
    assertThatCode(() -> Preflight.checkRoom(folder, 100 * MIB)).doesNotThrowAnyException();
  }
}
