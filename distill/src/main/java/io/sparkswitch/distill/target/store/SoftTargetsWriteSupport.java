package io.sparkswitch.distill.target.store;

import io.sparkswitch.distill.target.Distributions;
import io.sparkswitch.distill.target.SoftTargets;
import java.util.Map;
import java.util.function.IntConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.RecordConsumer;

/** Rows as Parquet records. */
final class SoftTargetsWriteSupport extends WriteSupport<SoftTargets> {
  private RecordConsumer out;

  @Override
  public WriteContext init(Configuration configuration) {
    return context();
  }

  @Override
  public WriteContext init(ParquetConfiguration configuration) {
    return context();
  }

  @Override
  public void prepareForWrite(RecordConsumer recordConsumer) {
    out = recordConsumer;
  }

  @Override
  public void write(SoftTargets row) {
    Distributions of = row.distributions();
    out.startMessage();
    field(SoftTargetsSchema.STEP, () -> out.addLong(row.step()));
    field(SoftTargetsSchema.SEQUENCE, () -> out.addInteger(row.sequence()));
    field(SoftTargetsSchema.SEGMENT_ID, () -> out.addLong(row.key().segmentId()));
    field(SoftTargetsSchema.CORRUPTION_SEED, () -> out.addLong(row.key().corruptionSeed()));
    field(SoftTargetsSchema.EPOCH, () -> out.addInteger(row.key().epoch()));
    field(SoftTargetsSchema.POSITIONS, () -> out.addInteger(row.positions()));
    IntConsumer token = i -> out.addInteger(of.tokens()[i]);
    field(
        SoftTargetsSchema.TOKENS,
        () -> list(0, of.isFull() ? 0 : row.positions(), p -> list(of.begin(p), of.end(p), token)));
    IntConsumer probability = i -> out.addFloat(of.probabilities()[i]);
    field(
        SoftTargetsSchema.PROBABILITIES,
        () -> list(0, row.positions(), p -> list(of.begin(p), of.end(p), probability)));
    field(
        SoftTargetsSchema.REMAINDER,
        () -> list(0, row.positions(), p -> out.addFloat(of.remainder()[p])));
    out.endMessage();
  }

  private void field(String name, Runnable value) {
    int index = SoftTargetsSchema.ROW.getFieldIndex(name);
    out.startField(name, index);
    value.run();
    out.endField(name, index);
  }

  private void list(int from, int to, IntConsumer element) {
    out.startGroup();
    if (from < to) { // an empty list is a group without its field
      out.startField(SoftTargetsSchema.LIST, 0);
      for (int i = from; i < to; i++) {
        out.startGroup();
        out.startField(SoftTargetsSchema.ELEMENT, 0);
        element.accept(i);
        out.endField(SoftTargetsSchema.ELEMENT, 0);
        out.endGroup();
      }
      out.endField(SoftTargetsSchema.LIST, 0);
    }
    out.endGroup();
  }

  private static WriteContext context() {
    return new WriteContext(
        SoftTargetsSchema.ROW,
        Map.of("sparkswitch.format", Integer.toString(TargetsManifest.FORMAT_VERSION)));
  }
}
