package io.sparkswitch.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.pipeline.folder.IngestPlan;
import io.sparkswitch.data.pipeline.folder.IngestPlan.PlannedSource;
import io.sparkswitch.data.source.CorpusFile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MovedSourcesTest {
  private static final CorpusFile OLD = CorpusFile.of("file:/old/a.jsonl", 7);
  private static final List<IngestPlan> PLANS =
      List.of(new IngestPlan(1, Map.of(), List.of(new PlannedSource(0, OLD))));

  @Test
  void aCorpusUnderAnotherPathIsTold() {
    CorpusFile moved = CorpusFile.of("hdfs://b/new/a.jsonl", 7);

    assertThat(MovedSources.remark(PLANS, List.of(moved)))
        .hasValueSatisfying(
            remark ->
                assertThat(remark)
                    .startsWith("WARNING: 1 new files")
                    .contains("hdfs://b/new/a.jsonl, before file:/old/a.jsonl")
                    .contains("--fresh"));
  }

  @Test
  void sameNamesInAFolderOfTheirOwnAndOtherLengthsAreNoMove() {
    assertThat(MovedSources.remark(PLANS, List.of(OLD))).isEmpty();
    assertThat(MovedSources.remark(PLANS, List.of(OLD, CorpusFile.of("file:/new/a.jsonl", 7))))
        .isEmpty();
    assertThat(MovedSources.remark(PLANS, List.of(CorpusFile.of("file:/new/a.jsonl", 8))))
        .isEmpty();
    assertThat(MovedSources.remark(PLANS, List.of(CorpusFile.of("file:/old/b.jsonl", 7))))
        .isEmpty();
  }
}
