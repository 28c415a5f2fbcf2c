package io.sparkswitch.model.exchange;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Movement of rows and vectors between the ranks of a gang, and between each rank and the driver.
 *
 * <p>Concurrency: one thread at a time runs the program and calls these methods; they block, each
 * for a bounded time.
 *
 * <p>Ordering: all ranks call the same methods in the same order. Sums are taken in rank order
 * whatever order messages arrive in. A message whose {@link Tag} is not the expected one fails the
 * call.
 */
public interface Exchange extends AutoCloseable {
  /** The driver as a peer of {@code send} and {@code receive}; it takes no part in collectives. */
  int DRIVER = -1;

  /**
   * Bytes of a message of {@link #reduceScatter}, a slice's last one aside; two pieces of that size
   * are all the memory that a sum takes.
   */
  long REDUCED_BYTES = 4 << 20;

  /** This side's rank in [0, size), or {@link #DRIVER}. */
  int rank();

  /** Number of executors in the gang. */
  int size();

  /**
   * Rows to be moved under a tag.
   *
   * @param rows {@code [n, width]}, contiguous, those for rank 0 first
   */
  record Rows(Tag tag, Tensor rows) {}

  /**
   * What came.
   *
   * @param counts {@code <int32>[size, k]}: row s came from rank s
   * @param rows {@code [sum(counts), width]} each, in rank order
   */
  record Counted(int[][] counts, List<Tensor> rows) {}

  /**
   * Ragged all-to-all of rows whose numbers only their senders know: the numbers go first.
   *
   * @param counts {@code <int32>[size, k]}: row d goes to rank d, with as many rows of each of
   *     {@code outgoing} as it adds up to
   * @param outgoing none, to tell the counts alone
   */
  Counted allToAllCounted(Tag tag, int[][] counts, Rows... outgoing);

  /**
   * Ragged all-to-all of rows.
   *
   * @param outgoing {@code [sum(sendRows), embed]}, contiguous, rows for rank 0 first
   * @param sendRows rows for each rank
   * @param receiveRows rows to come from each rank
   * @return {@code [sum(receiveRows), embed]} of the same dtype, in rank order
   */
  Tensor allToAll(Tag tag, Tensor outgoing, int[] sendRows, int[] receiveRows);

  /**
   * Sum over the ranks, of this rank's slice: it takes the place of the slice. The vector's other
   * slices stay as they are.
   *
   * @param vector {@code <float>[n]}, contiguous
   * @return {@code <float>[sliceStart(rank + 1) - sliceStart(rank)]}, that part of {@code vector}
   */
  Tensor reduceScatter(Tag tag, Tensor vector);

  /**
   * Slices of all ranks, joined.
   *
   * @param vector {@code <float>[n]}, contiguous, in which this rank's slice is set; the others
   *     come to be
   */
  void allGather(Tag tag, Tensor vector);

  /**
   * Slices of all ranks, at the driver.
   *
   * @param part at the driver {@code <float>[n]}, which comes to be; at a rank its slice, {@code
   *     <float>[sliceStart(rank + 1) - sliceStart(rank)]}; contiguous
   */
  void gatherAtDriver(Tag tag, Tensor part);

  /**
   * A vector of the driver's, of which each rank gets its slice.
   *
   * @param part as of {@link #gatherAtDriver}, but what comes to be is the slice
   */
  void scatterFromDriver(Tag tag, Tensor part);

  /** Sends a contiguous tensor to a rank or to {@link #DRIVER}; only its bytes travel. */
  void send(int peer, Tag tag, Tensor tensor);

  /** Receives a tensor whose shape the receiver knows; any other number of bytes is an error. */
  Tensor receive(int peer, Tag tag, ScalarType dtype, long... shape);

  void sendBytes(int peer, Tag tag, byte[] bytes);

  byte[] receiveBytes(int peer, Tag tag);

  /**
   * Sends something small to every other rank; each takes it with {@link #receiveBytes}. The driver
   * gets none of it.
   */
  void broadcast(Tag tag, byte[] bytes);

  /**
   * Has something done in every all-to-all from now on, between all that it sends and the first
   * that it receives: {@link Alternation} lets another program go on there. Of ranks nothing else
   * than all-to-alls can be received meanwhile.
   *
   * @param work null for nothing
   */
  void meanwhile(Runnable work);

  /** What this side has sent and received so far. */
  Traffic traffic();

  @Override
  void close();

  /** {@code rank}'s slice of {@code <float>[n]}: a view. */
  static Tensor slice(Tensor vector, int rank, int size) {
    long from = sliceStart(vector.numel(), rank, size);
    return vector.narrow(0, from, sliceStart(vector.numel(), rank + 1, size) - from);
  }

  /** First index of {@code rank}'s slice of a vector of {@code total} entries. */
  static long sliceStart(long total, int rank, int size) {
    return Math.floorDiv(Math.multiplyExact(total, (long) rank), (long) size);
  }
}
