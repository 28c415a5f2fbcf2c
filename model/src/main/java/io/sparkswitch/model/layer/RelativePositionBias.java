package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * T5's learnt bias by bucketed relative position, shared by all self-attentions of a stack.
 *
 * @param buckets number of buckets
 * @param maxDistance distance from which all positions share the last bucket
 * @param bidirectional whether keys after the query have buckets of their own (encoder), or are
 *     masked (decoder)
 */
public record RelativePositionBias(int buckets, int maxDistance, boolean bidirectional) {

  /** Bucket of a key {@code delta} positions after its query. */
  public int bucket(int delta) {
    int half = bidirectional ? buckets / 2 : buckets;
    int base = bidirectional && delta > 0 ? half : 0;
    int distance = bidirectional ? Math.abs(delta) : Math.max(-delta, 0);
    int exact = half / 2;
    if (distance < exact) {
      return base + distance;
    }
    // float32 throughout, as the reference implementations: the last bit decides some buckets.
    float ratio = (float) Math.log((float) distance / exact);
    float scale = (float) Math.log((double) maxDistance / exact);
    int far = exact + (int) (ratio / scale * (half - exact));
    return base + Math.min(far, half - 1);
  }

  /**
   * @param table {@code <float>[buckets, heads]}
   * @param length positions of queries and of keys
   * @return {@code <float>[1, heads, length, length]}
   */
  public Tensor apply(Tensor table, int length) {
    int[] indices = new int[length * length];
    for (int query = 0; query < length; query++) {
      for (int key = 0; key < length; key++) {
        indices[query * length + key] = bucket(key - query);
      }
    }
    Tensor rows = table.index_select(0, Tensors.indices(indices, indices.length));
    return rows.view(length, length, table.size(1)).permute(2, 0, 1).unsqueeze(0).contiguous();
  }

  /**
   * The biases of one query and the keys up to it: the query's row of {@link #apply}.
   *
   * @param table {@code <float>[buckets, heads]}
   * @param query the query's position
   * @return {@code <float>[1, heads, 1, query + 1]}
   */
  public Tensor row(Tensor table, int query) {
    int[] indices = new int[query + 1];
    for (int key = 0; key <= query; key++) {
      indices[key] = bucket(key - query);
    }
    Tensor rows = table.index_select(0, Tensors.indices(indices, indices.length));
    return rows.t().reshape(1, table.size(1), 1, query + 1);
  }

  /** {@code <float>[1, 1, length, length]}: 0 where a key is not after the query, else -inf. */
  public static Tensor causalMask(int length, ScalarType dtype) {
    Tensor mask = torch.full(new long[] {length, length}, Tensors.scalar(Double.NEGATIVE_INFINITY));
    return mask.triu(1).to(dtype).view(1, 1, length, length);
  }
}
