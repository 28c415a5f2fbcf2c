package io.sparkswitch.jobs.loop;

import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.exchange.Traffic;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Another exchange, which remembers what routers had to tell the other ranks. */
final class RecordingExchange implements Exchange {
  private final Exchange exchange;
  private final List<Told> told = new CopyOnWriteArrayList<>();

  private record Told(Tag tag, long[] rows) {}

  RecordingExchange(Exchange exchange) {
    this.exchange = exchange;
  }

  /** For each pass of a sparse layer so far, rows for each rank; by step, micro-batch and time. */
  List<long[]> rows() {
    Comparator<Tag> order = Comparator.comparingLong(Tag::step).thenComparingInt(Tag::microBatch);
    return told.stream().sorted(Comparator.comparing(Told::tag, order)).map(Told::rows).toList();
  }

  /** Of each pass of a sparse layer so far, in the order in which they were. */
  List<Integer> microBatches() {
    return told.stream().map(pass -> pass.tag().microBatch()).toList();
  }

  @Override
  public int rank() {
    return exchange.rank();
  }

  @Override
  public int size() {
    return exchange.size();
  }

  @Override
  public Counted allToAllCounted(Tag tag, int[][] counts, Rows... outgoing) {
    long[] rows = Arrays.stream(counts).mapToLong(row -> Arrays.stream(row).sum()).toArray();
    told.add(new Told(tag, rows));
    return exchange.allToAllCounted(tag, counts, outgoing);
  }

  @Override
  public Tensor allToAll(Tag tag, Tensor outgoing, int[] sendRows, int[] receiveRows) {
    return exchange.allToAll(tag, outgoing, sendRows, receiveRows);
  }

  @Override
  public Tensor reduceScatter(Tag tag, Tensor vector) {
    return exchange.reduceScatter(tag, vector);
  }

  @Override
  public void allGather(Tag tag, Tensor vector) {
    exchange.allGather(tag, vector);
  }

  @Override
  public void gatherAtDriver(Tag tag, Tensor part) {
    exchange.gatherAtDriver(tag, part);
  }

  @Override
  public void scatterFromDriver(Tag tag, Tensor part) {
    exchange.scatterFromDriver(tag, part);
  }

  @Override
  public void send(int peer, Tag tag, Tensor tensor) {
    exchange.send(peer, tag, tensor);
  }

  @Override
  public Tensor receive(int peer, Tag tag, ScalarType dtype, long... shape) {
    return exchange.receive(peer, tag, dtype, shape);
  }

  @Override
  public void sendBytes(int peer, Tag tag, byte[] bytes) {
    exchange.sendBytes(peer, tag, bytes);
  }

  @Override
  public byte[] receiveBytes(int peer, Tag tag) {
    return exchange.receiveBytes(peer, tag);
  }

  @Override
  public void broadcast(Tag tag, byte[] bytes) {
    exchange.broadcast(tag, bytes);
  }

  @Override
  public void meanwhile(Runnable work) {
    exchange.meanwhile(work);
  }

  @Override
  public Traffic traffic() {
    return exchange.traffic();
  }

  @Override
  public void close() {
    exchange.close();
  }
}
