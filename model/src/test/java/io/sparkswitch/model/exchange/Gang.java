package io.sparkswitch.model.exchange;

import io.netty.handler.ssl.SslProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Exchanges of one gang in this JVM, a thread for each. */
final class Gang implements AutoCloseable {
  /** What one member runs. */
  interface Program<T> {
    T run(Exchange exchange) throws Exception;
  }

  private static final Duration CONNECT = Duration.ofSeconds(20);

  private final List<Exchange> executors;
  private final Exchange driver;
  private final List<NettyEndpoint> endpoints;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private Gang(List<? extends Exchange> executors, Exchange driver, List<NettyEndpoint> endpoints) {
    this.executors = List.copyOf(executors);
    this.driver = driver;
    this.endpoints = endpoints;
  }

  static Gang local(int size, Duration patience) {
    List<LocalExchange> ends = LocalExchange.group(size, patience);
    return new Gang(ends, ends.get(0).driver(), List.of());
  }

  static Gang netty(int size, Duration patience) throws Exception {
    return netty(size, NettyEndpoint.Limits.DEFAULT.withMessage(patience, patience));
  }

  static Gang netty(int size, NettyEndpoint.Limits limits) throws Exception {
    RunSecret secret = RunSecret.random();
    return meshed(size, limits, rank -> new Member(secret, 3, rank), Encryption.provider());
  }

  static Gang encrypted(int size, Duration patience) throws Exception {
    NettyEndpoint.Limits limits = NettyEndpoint.Limits.DEFAULT.withMessage(patience, patience);
    return encrypted(size, limits, new RunAuthority(), Encryption.provider());
  }

  /** Encrypted by Java itself, as where there is no OpenSSL. */
  static Gang encryptedByJava(int size, Duration patience) throws Exception {
    NettyEndpoint.Limits limits = NettyEndpoint.Limits.DEFAULT.withMessage(patience, patience);
    return encrypted(size, limits, new RunAuthority(), SslProvider.JDK);
  }

  static Gang encrypted(
      int size, NettyEndpoint.Limits limits, RunAuthority authority, SslProvider tls)
      throws Exception {
    RunSecret secret = RunSecret.random();
    return meshed(size, limits, rank -> new Member(secret, 3, rank, authority.issue(3, rank)), tls);
  }

  /** Ranks 0 to size - 1 and the driver, meshed over the loopback interface. */
  private static Gang meshed(
      int size, NettyEndpoint.Limits limits, IntFunction<Member> members, SslProvider tls)
      throws Exception {
    List<NettyEndpoint> endpoints = new ArrayList<>();
    for (int rank = Exchange.DRIVER; rank < size; rank++) {
      ListenAddress listen = new ListenAddress("127.0.0.1", "127.0.0.1", 0, 0, "log of " + rank);
      endpoints.add(NettyEndpoint.bind(listen, members.apply(rank), limits, tls));
    }
    List<PeerAddress> addresses = endpoints.stream().map(NettyEndpoint::address).toList();
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<NettyExchange>> connecting = new ArrayList<>();
      for (NettyEndpoint endpoint : endpoints) {
        connecting.add(threads.submit(() -> endpoint.connect(addresses, CONNECT)));
      }
      List<NettyExchange> all = new ArrayList<>();
      for (Future<NettyExchange> future : connecting) {
        all.add(future.get());
      }
      return new Gang(all.subList(1, all.size()), all.get(0), endpoints);
    } finally {
      threads.shutdown();
    }
  }

  Exchange rank(int rank) {
    return rank == Exchange.DRIVER ? driver : executors.get(rank);
  }

  /** Of rank -1 (the driver), 0, 1 and so on. */
  NettyEndpoint endpoint(int rank) {
    return endpoints.get(rank - Exchange.DRIVER);
  }

  <T> Future<T> start(int rank, Program<T> program) {
    Callable<T> call = () -> program.run(rank(rank));
    return threads.submit(call);
  }

  /** Runs the same program on all ranks; the first failure, in rank order, is thrown. */
  <T> List<T> all(Program<T> program) throws Exception {
    List<Future<T>> futures = new ArrayList<>();
    for (int rank = 0; rank < executors.size(); rank++) {
      futures.add(start(rank, program));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> future : futures) {
      results.add(result(future));
    }
    return results;
  }

  static <T> T result(Future<T> future) throws Exception {
    try {
      return future.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  @Override
  public void close() {
    executors.forEach(Exchange::close);
    driver.close();
    threads.shutdownNow();
  }
}
