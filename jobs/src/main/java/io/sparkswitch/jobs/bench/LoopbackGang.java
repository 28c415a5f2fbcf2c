package io.sparkswitch.jobs.bench;

import io.sparkswitch.jobs.gang.DriverProgram;
import io.sparkswitch.jobs.gang.GangMember;
import io.sparkswitch.jobs.gang.GangTask;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.ListenAddress;
import io.sparkswitch.model.exchange.Member;
import io.sparkswitch.model.exchange.NettyEndpoint;
import io.sparkswitch.model.exchange.NettyExchange;
import io.sparkswitch.model.exchange.PeerAddress;
import io.sparkswitch.model.exchange.RunSecret;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;

/**
 * A gang whose driver and ranks are threads of this process and exchange over the loopback
 * interface, message by message as between processes. For counting, not for measuring time.
 */
public final class LoopbackGang {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private LoopbackGang() {}

  /**
   * Runs the driver's program in the calling thread.
   *
   * @throws IOException if a rank fails, with its failure as the cause
   */
  public static <T> T run(int size, GangTask task, DriverProgram<T> program) throws Exception {
    RunSecret secret = RunSecret.random();
    List<NettyEndpoint> endpoints = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(size);
    try {
      for (int rank = Exchange.DRIVER; rank < size; rank++) {
        endpoints.add(NettyEndpoint.bind(ListenAddress.loopback(), new Member(secret, 0, rank)));
      }
      List<PeerAddress> addresses = endpoints.stream().map(NettyEndpoint::address).toList();
      List<Future<?>> ranks = new ArrayList<>();
      for (NettyEndpoint endpoint : endpoints.subList(1, endpoints.size())) {
        ranks.add(threads.submit(() -> rank(endpoint, addresses, task)));
      }
      T result;
      try (NettyExchange driver = endpoints.get(0).connect(addresses, PATIENCE)) {
        result = program.run(driver, 0);
      } finally {
        await(ranks);
      }
      return result;
    } finally {
      threads.shutdownNow();
      endpoints.forEach(NettyEndpoint::close);
    }
  }

  private static Void rank(NettyEndpoint endpoint, List<PeerAddress> gang, GangTask task)
      throws Exception {
    try (NettyExchange exchange = endpoint.connect(gang, PATIENCE)) {
      task.run(new GangMember(exchange, 0, new Configuration()));
    }
    return null;
  }

  /** A rank's failure says more than the driver's, whom it left. */
  private static void await(List<Future<?>> ranks) throws IOException, InterruptedException {
    for (Future<?> rank : ranks) {
      try {
        rank.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw new IOException("a rank failed: " + e.getCause(), e.getCause());
      } catch (TimeoutException e) {
        throw new IOException("a rank did not end in " + PATIENCE.toSeconds() + " s", e);
      }
    }
  }
}
