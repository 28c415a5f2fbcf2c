package io.sparkswitch.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.shard.ShardManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that fills up loses nothing, and what it cut off is taken for nothing. */
class FullDiskTest extends PreparationTestCase {
  private static final long PLENTY = 1L << 40;

  @AfterEach
  void makeRoom() {
    FullDisk.leave(sc.hadoopConfiguration());
  }

  /** Room for nothing, within a plan, within shards, and just not for all. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.5, 0.9})
  void whereverTheDiskIsFullTheSameCommandEndsWithTheSameBytes(double share) throws IOException {
    FullDisk.use(sc.hadoopConfiguration(), PLENTY);
    ShardManifest expected = prepare().manifest();
    long written = PLENTY - FullDisk.room();
    Map<String, String> whole = shardDigests();
    List<String> files = files();
    delete(output);
    FullDisk.use(sc.hadoopConfiguration(), (long) (share * written));

    assertThatThrownBy(this::prepare).hasStackTraceContaining("No space left on device");
    FullDisk.leave(sc.hadoopConfiguration());

    assertThat(prepare().manifest()).isEqualTo(expected);
    assertThat(shardDigests()).isEqualTo(whole);
    assertThat(files()).as("nothing is left over").isEqualTo(files);
  }

  /** All but the checksums that Hadoop's local file system keeps beside files. */
  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(output)) {
      return all.map(file -> output.relativize(file).toString())
          .filter(name -> !name.endsWith(".crc"))
          .sorted()
          .toList();
    }
  }
}
