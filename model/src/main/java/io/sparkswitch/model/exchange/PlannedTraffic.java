package io.sparkswitch.model.exchange;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * What a member of a gang will send and receive: has the methods of {@link Exchange}, which here
 * move nothing and count the messages that they would be.
 *
 * <p>Concurrency: one thread.
 *
 * <p>Ordering: none.
 */
public final class PlannedTraffic {
  private final int rank;
  private final int size;
  private final Map<Direction, Count> sent = new EnumMap<>(Direction.class);
  private final Map<Direction, Count> received = new EnumMap<>(Direction.class);

  /** Messages of one kind so far. */
  private static final class Count {
    private long messages;
    private long bytes;
    private long frames;

    void add(long more) {
      messages++;
      bytes = Math.addExact(bytes, more);
      frames += Messages.frames(more);
    }

    Messages messages() {
      return new Messages(messages, bytes, frames);
    }
  }

  /**
   * @param rank in [0, size), or {@link Exchange#DRIVER}
   * @param size executors of the gang
   */
  public PlannedTraffic(int rank, int size) {
    if (size < 1 || rank < Exchange.DRIVER || rank >= size) {
      throw new IllegalArgumentException("rank %d in a gang of %d".formatted(rank, size));
    }
    this.rank = rank;
    this.size = size;
  }

  public int rank() {
    return rank;
  }

  public int size() {
    return size;
  }

  /** The counts of {@link Exchange#allToAllCounted}, in rows of {@code width}. */
  public void counts(Direction direction, int width) {
    for (int peer = 0; peer < size; peer++) {
      if (peer != rank) {
        send(direction, (long) width * Integer.BYTES);
        receive(direction, (long) width * Integer.BYTES);
      }
    }
  }

  /**
   * See {@link Exchange#allToAll}.
   *
   * @param rowBytes of one row
   * @param sendRows rows for each rank
   * @param receiveRows rows to come from each rank
   */
  public void allToAll(Direction direction, long rowBytes, long[] sendRows, long[] receiveRows) {
    for (int peer = 0; peer < size; peer++) {
      if (peer != rank) {
        send(direction, Math.multiplyExact(rowBytes, sendRows[peer]));
        receive(direction, Math.multiplyExact(rowBytes, receiveRows[peer]));
      }
    }
  }

  /** See {@link Exchange#reduceScatter}, of {@code total} entries. */
  public void reduceScatter(Direction direction, long total, long entryBytes) {
    for (int peer = 0; peer < size; peer++) {
      if (peer != rank) {
        reduced(entryBytes * slice(total, peer), bytes -> send(direction, bytes));
        reduced(entryBytes * slice(total, rank), bytes -> receive(direction, bytes));
      }
    }
  }

  private static void reduced(long bytes, LongConsumer message) {
    long from = 0;
    do {
      long piece = Math.min(Exchange.REDUCED_BYTES, bytes - from);
      message.accept(piece);
      from += piece;
    } while (from < bytes);
  }

  /** See {@link Exchange#allGather}, of {@code total} entries. */
  public void allGather(Direction direction, long total, long entryBytes) {
    for (int peer = 0; peer < size; peer++) {
      if (peer != rank) {
        send(direction, entryBytes * slice(total, rank));
        receive(direction, entryBytes * slice(total, peer));
      }
    }
  }

  /** One message to anybody. */
  public void send(Direction direction, long bytes) {
    sent.computeIfAbsent(direction, none -> new Count()).add(bytes);
  }

  /** One message from anybody. */
  public void receive(Direction direction, long bytes) {
    received.computeIfAbsent(direction, none -> new Count()).add(bytes);
  }

  /** Entries of a rank's slice of a vector of {@code total}. */
  public long slice(long total, int ofRank) {
    return Exchange.sliceStart(total, ofRank + 1, size) - Exchange.sliceStart(total, ofRank, size);
  }

  public Messages sent(Direction direction) {
    return sent.getOrDefault(direction, new Count()).messages();
  }

  public Messages received(Direction direction) {
    return received.getOrDefault(direction, new Count()).messages();
  }

  /** Of all directions. */
  public Messages sent() {
    return sent.values().stream().map(Count::messages).reduce(Messages.none(), Messages::plus);
  }

  /** Of all directions. */
  public Messages received() {
    return received.values().stream().map(Count::messages).reduce(Messages.none(), Messages::plus);
  }
}
