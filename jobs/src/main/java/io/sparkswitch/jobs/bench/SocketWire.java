package io.sparkswitch.jobs.bench;

import io.sparkswitch.model.tensor.TensorBytes;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A bare socket, which only copies from memory and to it: what the machine can do. */
final class SocketWire implements Wire, AutoCloseable {
  private final SocketChannel channel;
  private final boolean first;
  private final ByteBuffer small = ByteBuffer.allocateDirect(SMALL);
  private final Tensor outgoingMemory;
  private final Tensor incomingMemory;
  private final ByteBuffer outgoing;
  private final ByteBuffer incoming;
  private final ExecutorService writer = Executors.newSingleThreadExecutor();

  /**
   * @param channel connected and blocking
   * @param rank 0 speaks first
   * @param most bytes of the longest message
   */
  SocketWire(SocketChannel channel, int rank, int most) throws IOException {
    this.channel = channel;
    this.first = rank == 0;
    // The memory that the exchange sends from, so that only the ways differ.
    this.outgoingMemory = torch.ones(most / Float.BYTES);
    this.incomingMemory = torch.ones(most / Float.BYTES);
    this.outgoing = TensorBytes.views(outgoingMemory)[0];
    this.incoming = TensorBytes.views(incomingMemory)[0];
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  @Override
  public void swap(int out, int in, int times) throws IOException {
    Callable<Void> sending =
        () -> {
          for (int i = 0; i < times && out > 0; i++) {
            write(outgoing.clear().limit(out));
          }
          return null;
        };
    Future<Void> sent = writer.submit(sending);
    for (int i = 0; i < times && in > 0; i++) {
      read(incoming.clear().limit(in));
    }
    try {
      sent.get();
    } catch (ExecutionException e) {
      throw new IOException("the socket failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    roundTrip();
  }

  @Override
  public void roundTrip() throws IOException {
    if (first) {
      write(small.clear());
      read(small.clear());
    } else {
      read(small.clear());
      write(small.clear());
    }
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private void read(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException("the other process closed the socket");
      }
    }
  }

  @Override
  public void close() throws IOException {
    writer.shutdownNow();
    channel.close();
    outgoingMemory.close();
    incomingMemory.close();
  }
}
