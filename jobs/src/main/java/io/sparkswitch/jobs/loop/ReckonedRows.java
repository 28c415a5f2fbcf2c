package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.exchange.ExpertPlacement;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Selection;
import io.sparkswitch.model.t5.SparseLayers;
import io.sparkswitch.model.t5.StackKind;
import io.sparkswitch.model.t5.T5Config;
import java.util.HashMap;
import java.util.Map;

/** Rows that are not routed yet, of batches without padding. */
final class ReckonedRows implements RoutedRows {
  /** What is supposed of routers. */
  enum Supposition {
    /** Every expert is asked for as often as any other; half rows are rounded up. */
    BALANCED,
    /** For each rank by itself, the routing that makes it send, or receive, most. */
    MOST
  }

  private final StepPlan step;
  private final Plan plan;
  private final Supposition supposition;
  private final ExpertPlacement placement;
  private final int encoderLayers;
  private final Map<Place, long[]> found = new HashMap<>();

  ReckonedRows(StepPlan step, Supposition supposition) {
    this.step = step;
    this.plan = step.plan();
    this.supposition = supposition;
    this.placement = new ExpertPlacement(plan.architecture().experts(), plan.executors());
    this.encoderLayers = SparseLayers.of(plan.architecture(), StackKind.ENCODER).size();
  }

  /**
   * What a rank's tokens may ask for.
   *
   * @param tokens of one micro-batch in one stack
   * @param slots of one expert, in all their routing groups together
   */
  private record Requests(long tokens, long slots) {}

  /** All layers of a stack are alike. */
  private record Place(boolean sent, int part, boolean encoder, int rank) {}

  private Requests requests(int part, int layer, int rank) {
    RunConfig config = plan.config();
    int group = config.routing().groupSequences();
    int parts = config.training().microBatches();
    int batch = config.training().batchSize();
    Share share = Share.of(batch, group, rank, plan.executors()).part(group, part, parts);
    T5Config architecture = plan.architecture();
    long length = layer < encoderLayers ? step.inputs() : step.targets();
    Capacity capacity = architecture.training().capacity();
    int whole = group == 0 ? batch : group;
    long slots = 0;
    for (int from = share.from(); from < share.to(); from += whole) {
      int tokens = Math.toIntExact(Math.min(whole, share.to() - from) * length);
      slots += capacity.of(tokens, architecture.experts(), choices());
    }
    return new Requests((share.to() - share.from()) * length, slots);
  }

  private int choices() {
    Selection selection = plan.architecture().training().selection();
    return selection.expertsPerToken();
  }

  @Override
  public long[] sent(int part, int layer, int rank) {
    return found.computeIfAbsent(
        new Place(true, part, layer < encoderLayers, rank), place -> send(part, layer, rank));
  }

  @Override
  public long[] received(int part, int layer, int rank) {
    return found.computeIfAbsent(
        new Place(false, part, layer < encoderLayers, rank), place -> receive(part, layer, rank));
  }

  private long[] send(int part, int layer, int rank) {
    Requests requests = requests(part, layer, rank);
    int size = plan.executors();
    long[] rows = new long[size];
    for (int to = 0; to < size; to++) {
      rows[to] = between(requests, to);
    }
    if (supposition == Supposition.MOST && size > 1) {
      int others = plan.architecture().experts() - placement.count(rank);
      spread(Math.min(requests.tokens * choices(), requests.slots * others), rows, rank);
    }
    return rows;
  }

  /** Evenly over all ranks but one: only the sum is known. */
  private static void spread(long sum, long[] rows, int except) {
    int peers = rows.length - 1;
    for (int to = 0, peer = 0; to < rows.length; to++) {
      if (to != except) {
        rows[to] = sum * (peer + 1) / peers - sum * peer / peers;
        peer++;
      }
    }
  }

  private long[] receive(int part, int layer, int rank) {
    long[] rows = new long[plan.executors()];
    for (int from = 0; from < rows.length; from++) {
      rows[from] = between(requests(part, layer, from), rank);
    }
    return rows;
  }

  private long between(Requests requests, int to) {
    long count = placement.count(to);
    long experts = plan.architecture().experts();
    long asked =
        supposition == Supposition.BALANCED
            ? (requests.tokens * choices() * count + experts - 1) / experts
            : requests.tokens * Math.min(choices(), count);
    return Math.min(asked, requests.slots * count);
  }
}
