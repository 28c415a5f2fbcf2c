package io.sparkswitch.data.pipeline.cut;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.shard.DocumentSpan;
import io.sparkswitch.data.shard.ShardCounts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SegmentCutterTest {
  @Property(tries = 200)
  void segmentsAndRestTogetherAreTheDocumentsInOrder(
      @ForAll @IntRange(min = 1, max = 9) int length,
      @ForAll @Size(max = 12) List<@Size(max = 30) int[]> documents)
      throws IOException {
    List<int[]> segments = new ArrayList<>();
    List<Integer> told = new ArrayList<>();
    SegmentCutter cutter =
        new SegmentCutter(
            length,
            (segment, spans) -> {
              segments.add(segment.clone());
              for (DocumentSpan span : spans) {
                assertThat(span.urlHash()).isEqualTo(-span.place());
                int[] document = documents.get(Math.toIntExact(span.place()));
                for (int i = 0; i < span.length(); i++) {
                  told.add(document[span.offset() + i]);
                }
              }
            });
    for (int d = 0; d < documents.size(); d++) {
      cutter.add(documents.get(d), d, -d, 10);
    }

    int[] all = documents.stream().flatMapToInt(Arrays::stream).toArray();
    int[] cut = segments.stream().flatMapToInt(Arrays::stream).toArray();
    assertThat(cut).isEqualTo(Arrays.copyOf(all, all.length - all.length % length));
    assertThat(told).isEqualTo(Arrays.stream(cut).boxed().toList());
    ShardCounts counts = cutter.counts();
    assertThat(counts.segments()).isEqualTo(segments.size()).isEqualTo(all.length / length);
    assertThat(counts.tokensDropped()).isEqualTo(all.length % length);
    assertThat(counts.tokens()).isEqualTo(all.length);
    assertThat(counts.textBytes()).isEqualTo(10L * documents.size());
    for (int octave = 0; octave < 5; octave++) {
      int from = octave == 0 ? 0 : 1 << octave;
      int to = 2 << octave;
      long naive = documents.stream().filter(d -> d.length >= from && d.length < to).count();
      List<Long> byLength = counts.documentsByLength();
      assertThat(octave < byLength.size() ? byLength.get(octave) : 0).isEqualTo(naive);
    }
  }
}
