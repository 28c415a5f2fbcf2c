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
 * <p>Concurrency: one thread. A call that fails closes this side, so that the peers fail as well
 * instead of waiting, and every later call fails.
 *
 * <p>Ordering: parts are received and summed in rank order. Each part is a message of its own, also
 * when it is empty, so that ranks which disagree notice it.
 */
abstract class PeerExchange implements Exchange {
  /** Longest message whose length only its sender knows. */
  static final int MAX_BYTES = 256 << 20;

  private final Traffic traffic = new Traffic();
  private final Peers peers;
  private Throwable failure;

  PeerExchange(Peers peers) {
    this.peers = new CountedPeers(peers, traffic);
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
  public int[][] exchangeCounts(Tag tag, int[][] counts) {
    checkLength("rows of counts", counts.length, size());
    int width = counts[0].length;
    for (int[] row : counts) {
      checkLength("counts of a row", row.length, width);
    }
    return collective(tag, () -> countsFromAll(tag, counts, width));
  }

  private int[][] countsFromAll(Tag tag, int[][] counts, int width) {
    int[][] result = new int[size()][];
    for (int peer = 0; peer < size(); peer++) {
      if (peer != rank()) {
        ByteBuffer bytes = ByteBuffer.allocate(width * Integer.BYTES);
        bytes.asIntBuffer().put(counts[peer]);
        peers.send(peer, tag, bytes);
      }
    }
    for (int peer = 0; peer < size(); peer++) {
      if (peer == rank()) {
        result[peer] = counts[peer].clone();
      } else {
        ByteBuffer bytes = ByteBuffer.allocate(width * Integer.BYTES);
        peers.receive(peer, tag, bytes);
        result[peer] = new int[width];
        bytes.flip().asIntBuffer().get(result[peer]);
      }
    }
    return result;
  }

  @Override
  public Tensor allToAll(Tag tag, Tensor outgoing, int[] sendRows, int[] receiveRows) {
    checkLength("sendRows", sendRows.length, size());
    checkLength("receiveRows", receiveRows.length, size());
    if (outgoing.dim() != 2 || outgoing.size(0) != sum(sendRows)) {
      throw new IllegalArgumentException(
          "outgoing has shape %s, but sendRows %s add up to %d"
              .formatted(
                  Arrays.toString(outgoing.sizes().vec().get()),
                  Arrays.toString(sendRows),
                  sum(sendRows)));
    }
    long embed = outgoing.size(1);
    ScalarType dtype = outgoing.scalar_type().intern();
    long rowBytes = embed * TensorBytes.elementSize(dtype);
    TensorBytes out = TensorBytes.of(outgoing);
    Tensor incoming = TensorBytes.empty(dtype, sum(receiveRows), embed);
    TensorBytes in = TensorBytes.of(incoming);
    return collective(
        tag,
        () -> {
          swap(tag, out, offsets(sendRows, rowBytes), in, offsets(receiveRows, rowBytes));
          return incoming;
        });
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
          for (int d = 1; d < size(); d++) {
            int peer = (rank() + d) % size();
            TensorBytes part = TensorBytes.of(Exchange.slice(vector, peer, size()));
            long from = 0;
            do {
              long bytes = Math.min(REDUCED_BYTES, part.size() - from);
              peers.lend(peer, tag, part.slice(from, bytes));
              from += bytes;
            } while (from < part.size());
          }
          addInRankOrder(tag, mine);
          peers.reclaim();
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
          List<Runnable> parts = expectParts(tag, whole, to);
          for (int d = 1; d < size(); d++) {
            peers.lend(
                (rank() + d) % size(), tag, whole.slice(to[rank()], to[rank() + 1] - to[rank()]));
          }
          parts.forEach(Runnable::run);
          peers.reclaim();
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
            peers.lend(DRIVER, tag, bytes.all());
            peers.reclaim();
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
            for (int peer = 0; peer < size(); peer++) {
              peers.lend(peer, tag, bytes.slice(from[peer], from[peer + 1] - from[peer]));
            }
            peers.reclaim();
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

  private void swap(Tag tag, TensorBytes out, long[] from, TensorBytes in, long[] to) {
    int self = rank();
    if (to[self + 1] - to[self] != from[self + 1] - from[self]) {
      throw new IllegalArgumentException(
          "rank %d sends itself %d bytes and expects %d"
              .formatted(self, from[self + 1] - from[self], to[self + 1] - to[self]));
    }
    List<Runnable> parts = expectParts(tag, in, to);
    for (int d = 1; d < size(); d++) {
      int peer = (self + d) % size();
      peers.lend(peer, tag, out.slice(from[peer], from[peer + 1] - from[peer]));
    }
    in.copyFrom(to[self], out, from[self], from[self + 1] - from[self]);
    parts.forEach(Runnable::run);
    peers.reclaim();
  }

  /** Of every other rank, in the order in which they send. */
  private List<Runnable> expectParts(Tag tag, TensorBytes in, long[] to) {
    List<Runnable> parts = new ArrayList<>();
    for (int d = 1; d < size(); d++) {
      int peer = (rank() + size() - d) % size();
      parts.add(peers.expect(peer, tag, in.slice(to[peer], to[peer + 1] - to[peer])));
    }
    return parts;
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
      failure = e;
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

  private static long[] offsets(int[] rows, long rowBytes) {
    long[] offsets = new long[rows.length + 1];
    for (int i = 0; i < rows.length; i++) {
      offsets[i + 1] = offsets[i] + rows[i] * rowBytes;
    }
    return offsets;
  }
}
