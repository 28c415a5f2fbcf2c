package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.shard.DocumentCounts;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.shard.ShardSource;
import io.sparkswitch.data.shard.SourceEntry;
import io.sparkswitch.data.token.VocabularySpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PrepareTablesTest {
  @Test
  void filesThatGaveNoDocumentAreNamedHoweverSmallTheirShare() {
    SourceEntry dropped = entry(0, "file:/c/dropped.jsonl", 7, 1);
    SourceEntry broken = entry(1, "file:/c/broken.parquet", 0, 1);

    assertThat(PrepareTables.of(manifest(List.of(dropped, broken))))
        .last()
        .asString()
        .isEqualTo(
            "  1 files gave no document at all, such as file:/c/broken.parquet: _quarantine tells why");
    assertThat(PrepareTables.of(manifest(List.of(dropped))))
        .noneMatch(line -> line.contains("no document"));
  }

  private static ShardManifest manifest(List<SourceEntry> sources) {
    return ShardManifest.of(
        1, new ShardSettings(70, 8), new VocabularySpec(100, "d"), Map.of(), sources, Map.of());
  }

  private static SourceEntry entry(int number, String path, long dropped, long quarantined) {
    DocumentCounts counts =
        new DocumentCounts(
            dropped + quarantined,
            0,
            quarantined,
            dropped == 0 ? Map.of() : Map.of("language", dropped),
            Map.of());
    return new SourceEntry(
        number, 1, new ShardSource(path, 1, "d"), counts, "_quarantine/q.jsonl.gz", List.of());
  }
}
