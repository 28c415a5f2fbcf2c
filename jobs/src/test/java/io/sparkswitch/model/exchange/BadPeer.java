package io.sparkswitch.model.exchange;

import io.netty.buffer.Unpooled;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A member of a gang that misbehaves on the wire. */
public final class BadPeer {
  private BadPeer() {}

  /** Sends the driver something that is no frame. */
  public static void sendNoFrame(Object exchange) {
    byte[] noise = "U".repeat(Frame.HEADER_BYTES).getBytes(StandardCharsets.US_ASCII);
    driver(exchange).channel().writeAndFlush(Unpooled.wrappedBuffer(noise)).syncUninterruptibly();
  }

  /** Closes the connection to the driver. */
  public static void hangUp(Object exchange) {
    driver(exchange).channel().close().syncUninterruptibly();
  }

  private static Link driver(Object exchange) {
    try {
      Object counted = value(PeerExchange.class, "peers", exchange);
      Object peers = value(CountedPeers.class, "peers", counted);
      return (Link) ((Map<?, ?>) value(NettyPeers.class, "links", peers)).get(Exchange.DRIVER);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object value(Class<?> type, String name, Object of)
      throws ReflectiveOperationException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(of);
  }
}
