package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.BatchStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/** The validation streams of a rank, by part; each is opened when it is first asked for. */
final class ValidationStreams implements AutoCloseable {
  /** The part that is the whole split; its languages follow, in the order of their codes. */
  static final int ALL = 0;

  private final IntFunction<BatchStream> open;
  private final Map<Integer, BatchStream> streams = new HashMap<>();

  ValidationStreams(IntFunction<BatchStream> open) {
    this.open = open;
  }

  BatchStream of(int part) {
    return streams.computeIfAbsent(part, open::apply);
  }

  @Override
  public void close() {
    streams.values().forEach(BatchStream::close);
  }
}
