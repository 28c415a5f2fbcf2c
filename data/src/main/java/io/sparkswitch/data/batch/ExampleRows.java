package io.sparkswitch.data.batch;

import io.sparkswitch.data.batch.example.Example;
import io.sparkswitch.data.batch.example.ExampleShape;
import io.sparkswitch.data.batch.example.ExampleSource;
import io.sparkswitch.data.source.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;

/**
 * The examples of a source by sequences of a batch, each of which holds a run of them.
 *
 * @param source where they come from
 * @param count number of sequences that one pass over the source makes
 * @param first number of the first example of each sequence, and at {@code count} that of all
 */
record ExampleRows(ExampleSource source, long count, LongUnaryOperator first) {
  /**
   * Cuts a source into runs; for packing it is read once, and a number is kept for each sequence.
   *
   * @throws InputException if it is empty
   */
  static ExampleRows of(ExampleSource source, ExampleShape shape) {
    if (source.count() == 0) {
      throw new InputException("a source of no examples: give text or leave it out");
    }
    return switch (shape.filling()) {
      case PADDED -> new ExampleRows(source, source.count(), LongUnaryOperator.identity());
      case PACKED -> packed(source, shape);
    };
  }

  /** The examples of a sequence, trimmed. */
  List<Example> at(long row, ExampleShape shape) {
    List<Example> examples = new ArrayList<>();
    for (long i = first.applyAsLong(row); i < first.applyAsLong(row + 1); i++) {
      examples.add(shape.trimmed(source.at(i)));
    }
    return examples;
  }

  private static ExampleRows packed(ExampleSource source, ExampleShape shape) {
    LongStream.Builder starts = LongStream.builder().add(0);
    int inputs = 0;
    int targets = 0;
    for (long i = 0; i < source.count(); i++) {
      Example example = shape.trimmed(source.at(i));
      if (inputs + example.inputs().length > shape.inputs()
          || targets + example.targets().length > shape.targets()) {
        starts.add(i);
        inputs = 0;
        targets = 0;
      }
      inputs += example.inputs().length;
      targets += example.targets().length;
    }
    long[] first = starts.add(source.count()).build().toArray();
    return new ExampleRows(source, first.length - 1, row -> first[Math.toIntExact(row)]);
  }
}
