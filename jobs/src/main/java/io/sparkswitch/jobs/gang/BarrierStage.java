package io.sparkswitch.jobs.gang;

import io.sparkswitch.data.pipeline.serial.HadoopSettings;
import io.sparkswitch.jobs.conf.GangSettings;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.PeerAddress;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Function1;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * The one barrier stage in which a gang lives.
 *
 * @param rendezvous how its tasks meet
 * @param pulses how the driver hears that they live
 * @param preflight what each must have
 * @param task what they do
 * @param hadoop the cluster's file systems
 */
record BarrierStage(
    Rendezvous rendezvous, Pulses pulses, Preflight preflight, GangTask task, HadoopSettings hadoop)
    implements Serializable {

  /**
   * @param listener where the driver listens for heartbeats
   * @param settings how long a silence may be
   */
  record Pulses(PeerAddress listener, GangSettings settings) implements Serializable {}

  /** Starts the stage and returns at once. */
  JavaFutureAction<List<String>> start(JavaSparkContext spark, int size) {
    ClassTag<String> tag = ClassTag$.MODULE$.apply(String.class);
    Function1<Iterator<Integer>, Iterator<String>> body =
        (Function1<Iterator<Integer>, Iterator<String>> & Serializable) ranks -> runTask();
    List<Integer> ranks = IntStream.range(0, size).boxed().toList();
    return JavaRDD.fromRDD(
            spark.parallelize(ranks, size).rdd().barrier().mapPartitions(body, false, tag), tag)
        .collectAsync();
  }

  private Iterator<String> runTask() {
    BarrierTaskContext context = BarrierTaskContext.get();
    int rank = context.partitionId();
    Whereabouts whereabouts = Whereabouts.of(rank, rendezvous.attempt());
    Departure.rankBegins();
    try (Pulse pulse =
        Pulse.start(
            () -> rendezvous.heartbeat(rank, pulses.listener()),
            whereabouts,
            pulses.settings().suspectAfter())) {
      preflight.check();
      whereabouts.enter(RankPhase.RENDEZVOUS);
      try (var exchange = rendezvous.join(context)) {
        whereabouts.connected(exchange);
        Exchange watched = WatchedExchange.of(exchange, whereabouts);
        task.run(new GangMember(watched, rendezvous.attempt(), hadoop.conf(), whereabouts));
      }
      whereabouts.enter(RankPhase.END);
    } catch (Exception e) {
      throw BarrierStage.<RuntimeException>unchecked(e);
    } finally {
      Departure.rankEnded();
    }
    return CollectionConverters.asScala(List.of("rank " + context.partitionId()).iterator());
  }

  /** Rethrows as it is: Spark reports the class and message of what a task throws. */
  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T unchecked(Throwable e) throws T {
    throw (T) e;
  }
}
