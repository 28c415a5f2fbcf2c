package io.sparkswitch.model.checkpoint;

import java.util.List;
import java.util.Map;

/**
 * What makes a checkpoint whole: written last, as one object.
 *
 * @param formatVersion of this record and of the shards
 * @param step number of updates done; the next batch is that of this step
 * @param attempt the gang's attempt that wrote it
 * @param shards every file of the checkpoint
 * @param provenance what it belongs to: hashes of configuration, data and vocabulary, versions,
 *     seed
 * @param cursor where the run's data go on, beside the step; null in manifests of before there was
 *     one stands for its beginning
 */
public record CheckpointManifest(
    int formatVersion,
    long step,
    int attempt,
    List<Shard> shards,
    Map<String, String> provenance,
    Cursor cursor) {
  /** The version that this code writes. */
  public static final int FORMAT_VERSION = 1;

  public CheckpointManifest {
    if (formatVersion != FORMAT_VERSION) {
      throw new IllegalArgumentException(
          "checkpoint format %d is not known to this version (%d)"
              .formatted(formatVersion, FORMAT_VERSION));
    }
    shards = List.copyOf(shards);
    provenance = Map.copyOf(provenance);
    cursor = cursor == null ? Cursor.BEGINNING : cursor;
  }

  /** With a cursor at its beginning. */
  public CheckpointManifest(
      int formatVersion,
      long step,
      int attempt,
      List<Shard> shards,
      Map<String, String> provenance) {
    this(formatVersion, step, attempt, shards, provenance, Cursor.BEGINNING);
  }

  /**
   * What must be known beside the step to go on as if nothing had happened.
   *
   * @param skippedBatches batches of the stream that no step uses, ascending
   * @param lossAverage the loss of late that spikes are measured against; 0 for none yet
   */
  public record Cursor(List<Long> skippedBatches, double lossAverage) {
    public static final Cursor BEGINNING = new Cursor(List.of(), 0);

    public Cursor {
      skippedBatches = List.copyOf(skippedBatches);
    }
  }

  /**
   * A file of a checkpoint.
   *
   * @param file name inside the checkpoint's folder
   * @param bytes its length
   * @param sha256 digest of its content, lower-case hexadecimal
   */
  public record Shard(String file, long bytes, String sha256) {}
}
