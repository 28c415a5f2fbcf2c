package io.sparkswitch.model.exchange;

/**
 * Which rank hosts which expert: contiguous ranges, as even as can be. With more ranks than experts
 * some host none.
 *
 * <p>Concurrency: immutable. Ordering: experts ascend with ranks.
 *
 * @param experts number of experts
 * @param size number of ranks
 */
public record ExpertPlacement(int experts, int size) {

  /** First expert of {@code rank}; for {@code size} the number of experts. */
  public int first(int rank) {
    return Math.toIntExact(Exchange.sliceStart(experts, rank, size));
  }

  public int count(int rank) {
    return first(rank + 1) - first(rank);
  }

  public int rankOf(int expert) {
    for (int rank = 0; rank < size; rank++) {
      if (expert < first(rank + 1)) {
        return rank;
      }
    }
    throw new IllegalArgumentException("expert %d of %d".formatted(expert, experts));
  }
}
