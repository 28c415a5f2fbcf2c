package io.sparkswitch.jobs.bench;

import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.tensor.TensorBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The direct twin: the same bytes on the same paths over bare sockets, from the memory of tensors
 * and to it. One thread writes while the caller reads and adds.
 *
 * <p>Concurrency: one thread calls.
 */
final class DirectAggregation implements Aggregation, AutoCloseable {
  private final BareSockets sockets;
  private final int rank;
  private final int size;
  private final Tensor part;
  private final Tensor sum;
  private final ExecutorService writer = Executors.newSingleThreadExecutor();

  /**
   * @param total entries of the vectors
   */
  DirectAggregation(BareSockets sockets, int rank, int size, long total) {
    this.sockets = sockets;
    this.rank = rank;
    this.size = size;
    long mine = rank == Exchange.DRIVER ? 0 : start(total, rank + 1) - start(total, rank);
    this.part = TensorBytes.empty(ScalarType.Float, mine);
    this.sum = TensorBytes.empty(ScalarType.Float, mine);
  }

  @Override
  public void sum(Tensor gradients, Tensor values) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      if (rank == Exchange.DRIVER) {
        drive(gradients);
      } else {
        follow(gradients, values);
      }
    }
  }

  private void drive(Tensor gradients) throws IOException {
    for (int peer = 0; peer < size; peer++) {
      sockets.write(peer, signal());
    }
    for (int peer = 0; peer < size; peer++) {
      sockets.read(peer, slice(gradients, peer));
    }
    for (int peer = 0; peer < size; peer++) {
      sockets.write(peer, slice(gradients, peer));
    }
    for (int peer = 0; peer < size; peer++) {
      sockets.read(peer, signal());
    }
  }

  private void follow(Tensor gradients, Tensor values) throws IOException {
    sockets.read(Exchange.DRIVER, signal());
    Future<Void> scattered = toPeers(peer -> slice(gradients, peer));
    addInRankOrder(gradients);
    await(scattered);
    sockets.write(Exchange.DRIVER, TensorBytes.views(sum));
    sockets.read(Exchange.DRIVER, slice(values, rank));
    Future<Void> shared = toPeers(peer -> slice(values, rank));
    for (int peer = 0; peer < size; peer++) {
      if (peer != rank) {
        sockets.read(peer, slice(values, peer));
      }
    }
    await(shared);
    sockets.write(Exchange.DRIVER, signal());
  }

  private void addInRankOrder(Tensor gradients) throws IOException {
    long from = start(gradients.numel(), rank);
    for (int peer = 0; peer < size; peer++) {
      Tensor next = peer == rank ? gradients.narrow(0, from, sum.numel()) : part;
      if (peer != rank) {
        sockets.read(peer, TensorBytes.views(part));
      }
      if (peer == 0) {
        sum.copy_(next);
      } else {
        sum.add_(next, new Scalar(1));
      }
    }
  }

  /** What to write to a peer. */
  private interface Parts {
    ByteBuffer[] of(int peer);
  }

  private Future<Void> toPeers(Parts parts) {
    Callable<Void> writing =
        () -> {
          for (int d = 1; d < size; d++) {
            int peer = (rank + d) % size;
            sockets.write(peer, parts.of(peer));
          }
          return null;
        };
    return writer.submit(writing);
  }

  private static void await(Future<Void> written) throws IOException {
    try {
      written.get();
    } catch (ExecutionException e) {
      throw new IOException("writing to a peer failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while writing to a peer", e);
    }
  }

  private ByteBuffer[] slice(Tensor vector, int ofRank) {
    long from = start(vector.numel(), ofRank);
    long to = start(vector.numel(), ofRank + 1);
    return TensorBytes.of(vector).slice(from * Float.BYTES, (to - from) * Float.BYTES);
  }

  private long start(long total, int ofRank) {
    return Exchange.sliceStart(total, ofRank, size);
  }

  private static ByteBuffer signal() {
    return ByteBuffer.allocate(1);
  }

  @Override
  public void close() {
    writer.shutdownNow();
    part.close();
    sum.close();
  }
}
