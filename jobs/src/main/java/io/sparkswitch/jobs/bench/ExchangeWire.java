package io.sparkswitch.jobs.bench;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The exchange as layers use it: rows of float32 in, a new tensor of rows out. */
final class ExchangeWire implements Wire {
  private static final int EMBED = 128;
  private static final int ROW_BYTES = EMBED * Float.BYTES;

  private final Exchange exchange;
  private final int peer;
  private final byte[] small = new byte[SMALL];
  private final Map<Integer, Tensor> messages = new HashMap<>();
  private long step;

  ExchangeWire(Exchange exchange) {
    this.exchange = exchange;
    this.peer = 1 - exchange.rank();
  }

  @Override
  public void swap(int out, int in, int times) {
    int[] send = new int[2];
    int[] receive = new int[2];
    send[peer] = out / ROW_BYTES;
    receive[peer] = in / ROW_BYTES;
    Tensor rows = messages.computeIfAbsent(send[peer], n -> torch.ones(n, EMBED));
    for (int i = 0; i < times; i++) {
      try (PointerScope scope = new PointerScope()) {
        exchange.allToAll(tag(Direction.DISPATCH), rows, send, receive);
      }
    }
    roundTrip();
  }

  @Override
  public void roundTrip() {
    Tag tag = tag(Direction.CONTROL);
    if (exchange.rank() == 0) {
      exchange.sendBytes(peer, tag, small);
      exchange.receiveBytes(peer, tag);
    } else {
      exchange.receiveBytes(peer, tag);
      exchange.sendBytes(peer, tag, small);
    }
  }

  private Tag tag(Direction direction) {
    return new Tag(0, step++, 0, 0, direction);
  }
}
