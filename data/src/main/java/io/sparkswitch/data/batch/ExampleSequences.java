package io.sparkswitch.data.batch;

import io.sparkswitch.data.batch.example.Example;
import io.sparkswitch.data.batch.example.ExampleShape;
import io.sparkswitch.data.batch.example.ExampleSource;
import io.sparkswitch.data.batch.order.SegmentOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Sequences of examples. Runs of {@value ExampleSource#RUN} sequences stand for row groups, so that
 * examples are shuffled and mixed as segments are. Not thread-safe.
 */
final class ExampleSequences implements SequenceSource {
  private final ExampleShape shape;
  private final List<Run> runs = new ArrayList<>();
  private final List<int[]> runsOfSources = new ArrayList<>();

  /**
   * @param sources their examples are numbered one source after the other
   */
  ExampleSequences(List<ExampleRows> sources, ExampleShape shape) {
    this.shape = shape;
    long firstExample = 0;
    for (ExampleRows rows : sources) {
      int first = runs.size();
      for (long row = 0; row < rows.count(); row += ExampleSource.RUN) {
        runs.add(
            new Run(
                rows, row, (int) Math.min(ExampleSource.RUN, rows.count() - row), firstExample));
      }
      int[] ofSource = new int[runs.size() - first];
      for (int i = 0; i < ofSource.length; i++) {
        ofSource[i] = first + i;
      }
      runsOfSources.add(ofSource);
      firstExample += rows.source().count();
    }
  }

  /**
   * What stands for a row group.
   *
   * @param firstExample number among all sources of the source's first example
   */
  private record Run(ExampleRows rows, long firstRow, int size, long firstExample) {}

  /** Indices of the runs of each source. */
  List<int[]> runsOfSources() {
    return runsOfSources;
  }

  /** Sequences of each run. */
  int[] sizes() {
    return runs.stream().mapToInt(Run::size).toArray();
  }

  @Override
  public BatchBuilder batch(int sequences) {
    return new BatchBuilder(sequences, shape.inputs(), shape.targets());
  }

  @Override
  public void add(SegmentOrder.Place place, BatchBuilder batch) {
    Run run = runs.get(place.rowGroup());
    long row = run.firstRow() + place.row();
    List<Example> examples = run.rows().at(row, shape);
    long id = run.firstExample() + run.rows().first().applyAsLong(row);
    switch (shape.filling()) {
      case PADDED -> batch.addExample(examples.get(0), id, place.epoch());
      case PACKED -> batch.addPacked(examples, id, place.epoch());
    }
  }

  @Override
  public void close() {
    // Sources belong to who gave them.
  }
}
