package io.sparkswitch.model.exchange;

import io.sparkswitch.model.exchange.ExchangeException.Reason;
import io.sparkswitch.model.tensor.TensorBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Every collective, once, over {@link Peers}. Each rank sends all its parts, then receives.
 *
 * <p>Concurrency: one thread at a time. A call that fails closes this side, so that the peers fail
 * as well instead of waiting, and every later call fails.
 *
 * <p>Ordering: parts are received and summed in rank order. Each part is a message of its own, also
 * when it is empty, so that ranks which disagree notice it.
 */
abstract class PeerExchange implements Exchange {
  /** Longest message whose length only its sender knows. */
  static final int MAX_BYTES = 256 << 20;

  private final Traffic traffic = new Traffic();
  private final Peers peers;
  private final RowMovement rows;
  private volatile Throwable failure;

  PeerExchange(Peers peers) {
    this.peers = new CountedPeers(peers, traffic);
    this.rows = new RowMovement(this.peers);
  }

  @Override
  public Traffic traffic() {
    return traffic;
  }

  @Override
  public int rank() {
    return peers.rank();
  }

  @Override
  public int size() {
    return peers.size();
  }

  @Override
  public void meanwhile(Runnable work) {
    rows.meanwhile(work);
  }

  @Override
  public Counted allToAllCounted(Tag tag, int[][] counts, Rows... outgoing) {
    checkLength("rows of counts", counts.length, size());
    int[] sendRows = new int[size()];
    for (int peer = 0; peer < size(); peer++) {
      checkLength("counts of a row", counts[peer].length, counts[0].length);
      sendRows[peer] = Math.toIntExact(sum(counts[peer]));
    }
    for (Rows any : outgoing) {
      checkRows(any.rows(), sendRows);
    }
    return collective(tag, () -> rows.counted(tag, counts, sendRows, outgoing));
  }

  @Override
  public Tensor allToAll(Tag tag, Tensor outgoing, int[] sendRows, int[] receiveRows) {
    checkLength("sendRows", sendRows.length, size());
    checkLength("receiveRows", receiveRows.length, size());
    sum(receiveRows);
    checkRows(outgoing, sendRows);
    return collective(tag, () -> rows.known(new Rows(tag, outgoing), sendRows, receiveRows));
  }

  @Override
  public Tensor reduceScatter(Tag tag, Tensor vector) {
    checkVector("vector", vector);
    Tensor mine = Exchange.slice(vector, rank(), size());
    return collective(
        tag,
        () -> {
          if (size() == 1) {
            return mine;
          }
          List<Runnable> loans = new ArrayList<>();
          for (int d = 1; d < size(); d++) {
            int peer = (rank() + d) % size();
            TensorBytes part = TensorBytes.of(Exchange.slice(vector, peer, size()));
            long from = 0;
            do {
              long bytes = Math.min(REDUCED_BYTES, part.size() - from);
              loans.add(peers.lend(peer, tag, part.slice(from, bytes)));
              from += bytes;
            } while (from < part.size());
          }
          addInRankOrder(tag, mine);
          loans.forEach(Runnable::run);
          return mine;
        });
  }

  /** A piece is added while it is in the processor's cache and the next one comes. */
  private void addInRankOrder(Tag tag, Tensor mine) {
    long entries = REDUCED_BYTES / TensorBytes.elementSize(mine.scalar_type().intern());
    try (PointerScope scope = new PointerScope()) {
      RankOrderSum sum =
          new RankOrderSum(mine.scalar_type().intern(), Math.min(entries, mine.numel()));
      long from = 0;
      do {
        Tensor piece = mine.narrow(0, from, Math.min(entries, mine.numel() - from));
        sum.begin(piece);
        for (int peer = 0; peer < size(); peer++) {
          if (peer == rank()) {
            sum.addOwn();
          } else {
            peers.receive(peer, tag, TensorBytes.views(sum.next()));
            sum.addNext();
          }
        }
        sum.end();
        from += piece.numel();
      } while (from < mine.numel());
      scope.deallocate();
    }
  }

  @Override
  public void allGather(Tag tag, Tensor vector) {
    checkVector("vector", vector);
    TensorBytes whole = TensorBytes.of(vector);
    long[] to = slices(vector);
    collective(
        tag,
        () -> {
          List<Runnable> waits = RowMovement.expect(peers, tag, whole, to);
          for (int d = 1; d < size(); d++) {
            int peer = (rank() + d) % size();
            waits.add(peers.lend(peer, tag, whole.slice(to[rank()], to[rank() + 1] - to[rank()])));
          }
          waits.forEach(Runnable::run);
          return null;
        });
  }

  @Override
  public void gatherAtDriver(Tag tag, Tensor part) {
    checkVector("part", part);
    TensorBytes bytes = TensorBytes.of(part);
    guarded(
        () -> {
          if (rank() == DRIVER) {
            long[] to = slices(part);
            List<Runnable> parts = new ArrayList<>();
            for (int peer = 0; peer < size(); peer++) {
              parts.add(peers.expect(peer, tag, bytes.slice(to[peer], to[peer + 1] - to[peer])));
            }
            parts.forEach(Runnable::run);
          } else {
            peers.lend(DRIVER, tag, bytes.all()).run();
          }
          return null;
        });
  }

  @Override
  public void scatterFromDriver(Tag tag, Tensor part) {
    checkVector("part", part);
    TensorBytes bytes = TensorBytes.of(part);
    guarded(
        () -> {
          if (rank() == DRIVER) {
            long[] from = slices(part);
            List<Runnable> loans = new ArrayList<>();
            for (int peer = 0; peer < size(); peer++) {
              loans.add(
                  peers.lend(peer, tag, bytes.slice(from[peer], from[peer + 1] - from[peer])));
            }
            loans.forEach(Runnable::run);
          } else {
            peers.receive(DRIVER, tag, bytes.all());
          }
          return null;
        });
  }

  /** Where the ranks' slices begin, in bytes, and where the last ends. */
  private long[] slices(Tensor vector) {
    long entry = TensorBytes.elementSize(vector.scalar_type().intern());
    long[] starts = new long[size() + 1];
    for (int peer = 0; peer <= size(); peer++) {
      starts[peer] = Exchange.sliceStart(vector.numel(), peer, size()) * entry;
    }
    return starts;
  }

  @Override
  public void send(int peer, Tag tag, Tensor tensor) {
    checkPeer(peer);
    TensorBytes bytes = TensorBytes.of(tensor);
    guarded(
        () -> {
          peers.send(peer, tag, bytes.all());
          return null;
        });
  }

  @Override
  public Tensor receive(int peer, Tag tag, ScalarType dtype, long... shape) {
    checkPeer(peer);
    Tensor tensor = TensorBytes.empty(dtype, shape);
    TensorBytes bytes = TensorBytes.of(tensor);
    return guarded(
        () -> {
          peers.receive(peer, tag, bytes.all());
          return tensor;
        });
  }

  @Override
  public void sendBytes(int peer, Tag tag, byte[] bytes) {
    checkPeer(peer);
    checkAtMost(bytes.length);
    guarded(
        () -> {
          peers.send(peer, tag, ByteBuffer.wrap(bytes));
          return null;
        });
  }

  @Override
  public void broadcast(Tag tag, byte[] bytes) {
    checkAtMost(bytes.length);
    guarded(
        () -> {
          for (int peer = 0; peer < size(); peer++) {
            if (peer != rank()) {
              peers.send(peer, tag, ByteBuffer.wrap(bytes));
            }
          }
          return null;
        });
  }

  @Override
  public byte[] receiveBytes(int peer, Tag tag) {
    checkPeer(peer);
    return guarded(() -> peers.receive(peer, tag, MAX_BYTES));
  }

  @Override
  public void close() {
    peers.close();
  }

  private <T> T collective(Tag tag, Supplier<T> body) {
    if (rank() == DRIVER) {
      throw new IllegalStateException(
          "the driver takes no part in collectives, but was called for [%s]".formatted(tag));
    }
    return guarded(body);
  }

  private <T> T guarded(Supplier<T> body) {
    if (failure != null) {
      throw new ExchangeException(
          Reason.CLOSED,
          failure instanceof ExchangeException e ? e.peer() : rank(),
          "this exchange is closed since it failed: " + failure.getMessage(),
          failure);
    }
    try {
      return body.get();
    } catch (RuntimeException | Error e) {
      if (failure == null) {
        failure = e;
      }
      peers.abort();
      throw e;
    }
  }

  private void checkPeer(int peer) {
    if (peer < DRIVER || peer >= size() || peer == rank()) {
      throw new IllegalArgumentException(
          "%s is no peer of %s in a gang of %d"
              .formatted(PeerAddress.name(peer), PeerAddress.name(rank()), size()));
    }
  }

  private static void checkAtMost(int length) {
    if (length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a message of %d bytes; at most %d, or send a tensor".formatted(length, MAX_BYTES));
    }
  }

  private static void checkVector(String name, Tensor tensor) {
    if (tensor.dim() != 1 || !tensor.is_floating_point()) {
      throw new IllegalArgumentException(
          "%s must be <float>[n], not %s with %d axes"
              .formatted(name, tensor.scalar_type(), tensor.dim()));
    }
  }

  private static void checkRows(Tensor outgoing, int[] sendRows) {
    if (outgoing.dim() != 2 || outgoing.size(0) != sum(sendRows)) {
      throw new IllegalArgumentException(
          "outgoing has shape %s, but sendRows %s add up to %d"
              .formatted(
                  Arrays.toString(outgoing.sizes().vec().get()),
                  Arrays.toString(sendRows),
                  sum(sendRows)));
    }
  }

  private static void checkLength(String name, int length, int expected) {
    if (length != expected) {
      throw new IllegalArgumentException(
          "%s: %d given, %d expected".formatted(name, length, expected));
    }
  }

  private static long sum(int[] rows) {
    long sum = 0;
    for (int r : rows) {
      if (r < 0) {
        throw new IllegalArgumentException("negative rows: " + Arrays.toString(rows));
      }
      sum += r;
    }
    return sum;
  }
}
