package io.sparkswitch.jobs.gang;

import io.sparkswitch.jobs.conf.ExchangeSettings;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Heartbeat;
import io.sparkswitch.model.exchange.ListenAddress;
import io.sparkswitch.model.exchange.Member;
import io.sparkswitch.model.exchange.NettyEndpoint;
import io.sparkswitch.model.exchange.NettyEndpoint.Limits;
import io.sparkswitch.model.exchange.NettyExchange;
import io.sparkswitch.model.exchange.PeerAddress;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;

/**
 * How the tasks of a barrier stage find one another and the driver.
 *
 * @param driver the driver's address
 * @param keys by which the tasks prove themselves
 * @param wire where to listen and how long to wait
 * @param patience bound of the whole rendezvous
 * @param portMaxRetries how many ports to try after the first
 */
record Rendezvous(
    PeerAddress driver,
    AttemptKeys keys,
    ExchangeSettings wire,
    Duration patience,
    int portMaxRetries)
    implements Serializable {

  private static final int WORDS = 4;

  int attempt() {
    return keys.attempt();
  }

  /** Binds a port on the address that Spark knows this process by, or on the one configured. */
  static NettyEndpoint bind(
      ExchangeSettings wire, int portMaxRetries, Member member, Limits limits) {
    String host = SparkEnv.get().blockManager().blockManagerId().host();
    String bind = wire.bindHost().equals(ExchangeSettings.AUTO) ? host : wire.bindHost();
    String log = member.rank() == Exchange.DRIVER ? "" : ExecutorLog.own();
    return NettyEndpoint.bind(
        new ListenAddress(bind, host, wire.port(), portMaxRetries, log),
        member,
        limits.withMessage(wire.timeOut(), wire.driverTimeOut()));
  }

  /** Dials the driver for heartbeats. */
  Heartbeat heartbeat(int rank, PeerAddress listener) {
    return Heartbeat.connect(keys.member(rank), Limits.DEFAULT, listener, patience);
  }

  /** Called by every task; returns when all are connected. */
  NettyExchange join(BarrierTaskContext context) {
    int rank = context.partitionId();
    Limits limits = Limits.DEFAULT.ofRank(context.numPartitions());
    NettyEndpoint endpoint = bind(wire, portMaxRetries, keys.member(rank), limits);
    try {
      PeerAddress own = endpoint.address();
      String executor = SparkEnv.get().executorId();
      String[] all =
          context.allGather("%s %s %d %s".formatted(executor, own.host(), own.port(), own.log()));
      return endpoint.connect(addresses(all), patience);
    } catch (RuntimeException e) {
      endpoint.close();
      throw e;
    }
  }

  /**
   * @param all what each rank told: executor, host, port, log
   * @throws SharedExecutorException if two run on one executor
   */
  List<PeerAddress> addresses(String[] all) {
    List<PeerAddress> addresses = new ArrayList<>();
    addresses.add(driver);
    Map<String, Integer> ranks = new HashMap<>();
    for (int rank = 0; rank < all.length; rank++) {
      String[] words = all[rank].split(" ", WORDS);
      Integer other = ranks.put(words[0], rank);
      if (other != null) {
        throw new SharedExecutorException(
            "ranks %d and %d both run on executor %s; a gang needs an executor a rank: set spark.task.cpus to the executors' cores (spark.executor.cores)"
                .formatted(other, rank, words[0]));
      }
      addresses.add(new PeerAddress(rank, words[1], Integer.parseInt(words[2]), words[3]));
    }
    return addresses;
  }
}
