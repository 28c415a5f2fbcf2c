package io.sparkswitch.model.exchange;

import io.sparkswitch.model.exchange.Exchange.Counted;
import io.sparkswitch.model.exchange.Exchange.Rows;
import io.sparkswitch.model.exchange.ExchangeException.Reason;
import io.sparkswitch.model.tensor.TensorBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Ragged all-to-alls over {@link Peers}: all is sent, somebody else may work, all is received.
 *
 * <p>Concurrency: as the peers.
 *
 * <p>Ordering: every rank sends to those after it first, and receives from those before it first.
 */
final class RowMovement {
  private final Peers peers;

  /** Null where nobody works while this waits. */
  private Runnable meanwhile;

  RowMovement(Peers peers) {
    this.peers = peers;
  }

  /** See {@link Exchange#meanwhile}; null for nothing. */
  void meanwhile(Runnable work) {
    meanwhile = work;
  }

  /** See {@link Exchange#allToAllCounted}. */
  Counted counted(Tag tag, int[][] counts, int[] sendRows, Rows... outgoing) {
    sendCounts(tag, counts);
    List<Runnable> loans = new ArrayList<>();
    for (Rows rows : outgoing) {
      loans.addAll(lend(rows, sendRows));
    }
    if (meanwhile != null) {
      meanwhile.run();
    }
    int[][] told = receiveCounts(tag, counts);
    int[] receiveRows = new int[told.length];
    for (int peer = 0; peer < told.length; peer++) {
      receiveRows[peer] = sum(told[peer], peer);
    }
    List<Tensor> arrived = new ArrayList<>();
    for (Rows rows : outgoing) {
      Arrival arrival = new Arrival(rows, sendRows, receiveRows);
      arrived.add(arrival.receive(arrival.expect()));
    }
    loans.forEach(Runnable::run);
    return new Counted(told, arrived);
  }

  /** See {@link Exchange#allToAll}. */
  Tensor known(Rows outgoing, int[] sendRows, int[] receiveRows) {
    Arrival arrival = new Arrival(outgoing, sendRows, receiveRows);
    return meanwhile == null ? arrival.atOnce(sendRows) : arrival.later(sendRows);
  }

  private List<Runnable> lend(Rows outgoing, int[] sendRows) {
    TensorBytes bytes = TensorBytes.of(outgoing.rows());
    long[] from = offsets(outgoing.rows(), sendRows);
    List<Runnable> loans = new ArrayList<>();
    for (int d = 1; d < peers.size(); d++) {
      int peer = (peers.rank() + d) % peers.size();
      loans.add(
          peers.lend(peer, outgoing.tag(), bytes.slice(from[peer], from[peer + 1] - from[peer])));
    }
    return loans;
  }

  /** Rows that come, and those that stay. */
  private final class Arrival {
    private final Rows outgoing;
    private final long[] from;
    private final Tensor incoming;
    private final long[] to;

    Arrival(Rows outgoing, int[] sendRows, int[] receiveRows) {
      this.outgoing = outgoing;
      this.from = offsets(outgoing.rows(), sendRows);
      ScalarType dtype = outgoing.rows().scalar_type().intern();
      this.incoming =
          TensorBytes.empty(
              dtype, IntStream.of(receiveRows).asLongStream().sum(), outgoing.rows().size(1));
      this.to = offsets(incoming, receiveRows);
      int self = peers.rank();
      if (to[self + 1] - to[self] != from[self + 1] - from[self]) {
        throw new IllegalArgumentException(
            "rank %d sends itself %d bytes and expects %d"
                .formatted(self, from[self + 1] - from[self], to[self + 1] - to[self]));
      }
    }

    /** Says where rows belong before anything is sent. */
    Tensor atOnce(int[] sendRows) {
      List<Runnable> parts = expect();
      List<Runnable> loans = lend(outgoing, sendRows);
      Tensor arrived = receive(parts);
      loans.forEach(Runnable::run);
      return arrived;
    }

    /** Who works meanwhile is still to receive what comes before these rows. */
    Tensor later(int[] sendRows) {
      List<Runnable> loans = lend(outgoing, sendRows);
      meanwhile.run();
      Tensor arrived = receive(expect());
      loans.forEach(Runnable::run);
      return arrived;
    }

    Tensor receive(List<Runnable> parts) {
      int self = peers.rank();
      TensorBytes.of(incoming)
          .copyFrom(
              to[self], TensorBytes.of(outgoing.rows()), from[self], from[self + 1] - from[self]);
      parts.forEach(Runnable::run);
      return incoming;
    }

    List<Runnable> expect() {
      return RowMovement.expect(peers, outgoing.tag(), TensorBytes.of(incoming), to);
    }
  }

  /**
   * Says where parts of every other rank belong, in the order in which they send.
   *
   * @param to where the part of each rank begins, in bytes, and where the last ends
   * @return waits for each
   */
  static List<Runnable> expect(Peers peers, Tag tag, TensorBytes in, long[] to) {
    List<Runnable> parts = new ArrayList<>();
    for (int d = 1; d < peers.size(); d++) {
      int peer = (peers.rank() + peers.size() - d) % peers.size();
      parts.add(peers.expect(peer, tag, in.slice(to[peer], to[peer + 1] - to[peer])));
    }
    return parts;
  }

  private void sendCounts(Tag tag, int[][] counts) {
    for (int d = 1; d < peers.size(); d++) {
      int peer = (peers.rank() + d) % peers.size();
      ByteBuffer bytes = ByteBuffer.allocate(counts[peer].length * Integer.BYTES);
      bytes.asIntBuffer().put(counts[peer]);
      peers.send(peer, tag, bytes);
    }
  }

  private int[][] receiveCounts(Tag tag, int[][] own) {
    int[][] told = new int[own.length][own[0].length];
    for (int peer = 0; peer < told.length; peer++) {
      if (peer == peers.rank()) {
        told[peer] = own[peer].clone();
      } else {
        ByteBuffer bytes = ByteBuffer.allocate(told[peer].length * Integer.BYTES);
        peers.receive(peer, tag, bytes);
        bytes.flip().asIntBuffer().get(told[peer]);
      }
    }
    return told;
  }

  private static int sum(int[] counts, int peer) {
    if (IntStream.of(counts).anyMatch(count -> count < 0)) {
      throw new ExchangeException(
          Reason.MISMATCH,
          peer,
          "%s announced %s rows".formatted(PeerAddress.name(peer), Arrays.toString(counts)));
    }
    return Math.toIntExact(IntStream.of(counts).asLongStream().sum());
  }

  /** Where the rows of each rank begin, in bytes, and where the last end. */
  private static long[] offsets(Tensor rows, int[] ofRanks) {
    long rowBytes = rows.size(1) * TensorBytes.elementSize(rows.scalar_type().intern());
    long[] offsets = new long[ofRanks.length + 1];
    for (int i = 0; i < ofRanks.length; i++) {
      offsets[i + 1] = offsets[i] + ofRanks[i] * rowBytes;
    }
    return offsets;
  }
}
