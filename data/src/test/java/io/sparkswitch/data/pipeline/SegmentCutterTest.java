package io.sparkswitch.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

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
    SegmentCutter cutter = new SegmentCutter(length, segment -> segments.add(segment.clone()));
    for (int[] document : documents) {
      cutter.add(document);
    }

    int[] all = documents.stream().flatMapToInt(Arrays::stream).toArray();
    int[] cut = segments.stream().flatMapToInt(Arrays::stream).toArray();
    assertThat(cut).isEqualTo(Arrays.copyOf(all, all.length - all.length % length));
    assertThat(cutter.segments()).isEqualTo(segments.size()).isEqualTo(all.length / length);
    assertThat(cutter.rest()).isEqualTo(all.length % length);
    assertThat(cutter.tokens()).isEqualTo(all.length);
  }
}
