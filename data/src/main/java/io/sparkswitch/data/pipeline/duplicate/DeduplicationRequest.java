package io.sparkswitch.data.pipeline.duplicate;

import io.sparkswitch.data.clean.SpanCut;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * What {@link CorpusDeduplication} shall do for one ingest batch.
 *
 * @param batch number of the batch, above those of all earlier ones, from 0
 * @param cut how documents are cut; the same for all batches
 * @param earlierIndexes index folders of all earlier batches; none for the first
 * @param index folder for this batch's own index; what is there is replaced
 * @param decisions folder for the decisions; what is there is replaced
 */
public record DeduplicationRequest(
    int batch, SpanCut cut, List<String> earlierIndexes, String index, String decisions)
    implements Serializable {

  public DeduplicationRequest {
    Objects.requireNonNull(cut, "cut");
    earlierIndexes = List.copyOf(earlierIndexes);
    if (batch < 0) {
      throw new IllegalArgumentException("ingest batch %d: count from 0".formatted(batch));
    }
    if (earlierIndexes.contains(index)) {
      throw new IllegalArgumentException(
          "index folder %s is read as an earlier batch's: give this batch a folder of its own"
              .formatted(index));
    }
  }
}
