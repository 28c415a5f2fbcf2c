package io.sparkswitch.distill.target;

/**
 * The teacher's distributions over one sequence: a row of the store. Its key is (segment id,
 * corruption seed, epoch); step and sequence say where the student's stream uses it.
 *
 * @param step whose batch holds the sequence, from 0
 * @param sequence index in that step's global batch
 * @param segmentId the segment it was made from
 * @param corruptionSeed fixes the mask, with segment and epoch
 * @param epoch the pass over the data
 * @param positions number of real targets, padding left out
 * @param k tokens kept at each
 * @param tokens {@code <int32>[positions, k]}
 * @param probabilities {@code <float>[positions, k]}, of bfloat16 precision
 * @param remainder {@code <float>[positions]}: mass of the tokens that are not kept
 */
public record SoftTargets(
    long step,
    int sequence,
    long segmentId,
    long corruptionSeed,
    int epoch,
    int positions,
    int k,
    int[] tokens,
    float[] probabilities,
    float[] remainder) {

  public SoftTargets {
    if (step < 0 || sequence < 0) {
      throw new IllegalArgumentException(
          "soft targets of step %d, sequence %d: both count from 0".formatted(step, sequence));
    }
    if (positions < 1 || remainder.length != positions) {
      throw new IllegalArgumentException(
          "%d remainders for %d positions: at least one position is needed"
              .formatted(remainder.length, positions));
    }
    Distributions.require(k, tokens, probabilities, remainder);
  }
}
