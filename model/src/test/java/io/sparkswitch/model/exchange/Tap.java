package io.sparkswitch.model.exchange;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Stands between a dialer and a listener and keeps what each says. */
final class Tap implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final ByteArrayOutputStream dialed = new ByteArrayOutputStream();
  private final ByteArrayOutputStream answered = new ByteArrayOutputStream();

  private final Thread pumping;

  Tap(int target) throws IOException {
    pumping =
        daemon(
            () -> {
              try (Socket dialer = server.accept();
                  Socket listener = new Socket(InetAddress.getLoopbackAddress(), target)) {
                Thread back = daemon(() -> pump(listener, dialer, answered));
                pump(dialer, listener, dialed);
                back.join();
              } catch (IOException | InterruptedException e) {
                // the test has ended
              }
            });
  }

  private static Thread daemon(Runnable body) {
    Thread thread = new Thread(body);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Where the dialer finds the listener's rank. */
  PeerAddress address(int rank) {
    return new PeerAddress(rank, "127.0.0.1", server.getLocalPort());
  }

  /** Waits until both sides have hung up and all they said is here. */
  void awaitEnd() throws InterruptedException {
    pumping.join(10_000);
    if (pumping.isAlive()) {
      throw new IllegalStateException("after 10 s a side has not hung up");
    }
  }

  /** What the dialer said so far. */
  byte[] dialed() {
    return dialed.toByteArray();
  }

  /** What the listener said so far. */
  byte[] answered() {
    return answered.toByteArray();
  }

  private static void pump(Socket from, Socket to, ByteArrayOutputStream kept) {
    byte[] buffer = new byte[4096];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        kept.write(buffer, 0, n);
        out.write(buffer, 0, n);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // the test has ended
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
