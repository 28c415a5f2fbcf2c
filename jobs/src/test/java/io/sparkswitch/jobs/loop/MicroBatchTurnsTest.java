package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.jobs.TinyShards;
import io.sparkswitch.jobs.bench.LoopbackGang;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.gang.GangMember;
import io.sparkswitch.model.t5.SparseLayers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Micro-batches one after the other and by turns, between sockets. */
class MicroBatchTurnsTest {
  private static final int STEPS = 6;
  private static final int ROWS = TinyShards.VOCABULARY.rows();

  private static final List<String> SWITCH =
      TinySettings.with(
          "model.num-experts=5",
          "model.expert-dropout-rate=0.2",
          "model.capacity-factor=0.75",
          "training.precision=float64");

  @TempDir private static Path folder;

  @BeforeAll
  static void writeData() throws Exception {
    TinyShards.write(folder.resolve("shards"), config(1, 1).data());
    Files.createDirectories(folder.resolve("run/checkpoints"));
  }

  @ParameterizedTest
  @CsvSource({
    // executors, experts, micro-batches, in flight by the settings, really
    "2, 8, 2, 2, 2",
    "4, 8, 3, 2, 2",
    "2, 8, 5, 3, 3",
    "2, 8, 3, 9, 3",
    "2, 8, 3, 1, 1",
    "2, 8, 1, 2, 1",
    "1, 8, 3, 2, 1",
    "2, 0, 3, 2, 1"
  })
  void severalAreInFlightOnlyWhereTokensTravel(
      int executors, int experts, int parts, int inFlight, int really) {
    RunConfig config =
        ConfigLoader.load(
            Optional.empty(),
            List.of(
                "model.num-experts=" + experts,
                "routing.group-sequences=1",
                "training.micro-batches=" + parts,
                "training.micro-batches-in-flight=" + inFlight));

    assertThat(MicroBatchTurns.inFlight(config, executors)).isEqualTo(really);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void byTurnsTheLossesAreThoseOfOneAfterTheOther(int ranks) throws Exception {
    List<Double> whole = losses(ranks, config(1, 1));
    for (int[] turns : new int[][] {{2, 2}, {3, 2}, {3, 3}}) {
      int parts = turns[0];
      int inFlight = turns[1];
      List<Double> single = losses(ranks, config(parts, 1));
      List<Double> byTurns = losses(ranks, config(parts, inFlight));

      assertThat(losses(ranks, config(parts, inFlight))).isEqualTo(byTurns);
      for (int step = 0; step < STEPS; step++) {
        assertThat(byTurns.get(step)).isCloseTo(single.get(step), within(1e-12));
        assertThat(byTurns.get(step)).isCloseTo(whole.get(step), within(1e-12));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void theFirstDispatchByTurnsAndTheLastAlone(int inFlight) throws Exception {
    Map<Integer, RecordingExchange> ends = new ConcurrentSkipListMap<>();
    RunConfig config = config(inFlight + 1, inFlight);

    losses(2, config, ends);

    int layers = SparseLayers.of(Architecture.of(config, ROWS)).size();
    List<Integer> step = new ArrayList<>();
    IntStream.range(0, layers).forEach(layer -> IntStream.range(0, inFlight).forEach(step::add));
    IntStream.range(0, layers).forEach(layer -> step.add(inFlight));
    List<Integer> all = new ArrayList<>();
    IntStream.range(0, STEPS).forEach(any -> all.addAll(step));
    assertThat(layers).isGreaterThan(1);
    assertThat(ends).hasSize(2);
    ends.values().forEach(end -> assertThat(end.microBatches()).isEqualTo(all));
  }

  private static List<Double> losses(int ranks, RunConfig config) throws Exception {
    return losses(ranks, config, new ConcurrentSkipListMap<>());
  }

  private static List<Double> losses(
      int ranks, RunConfig config, Map<Integer, RecordingExchange> ends) throws Exception {
    WorkerSpec spec = spec(config);
    List<DriverTraffic.Step> steps =
        LoopbackGang.run(
            ranks,
            member -> {
              RecordingExchange own = new RecordingExchange(member.exchange());
              ends.put(own.rank(), own);
              new ModelWorker(spec).run(new GangMember(own, member.attempt(), member.hadoop()));
            },
            new DriverTraffic(spec, ROWS, STEPS, () -> {}));
    return steps.stream().map(DriverTraffic.Step::loss).toList();
  }

  private static WorkerSpec spec(RunConfig config) {
    return new WorkerSpec(
        config,
        WorkerSpec.Folders.of(
            folder.resolve("shards").toString(), folder.resolve("run").toString()));
  }

  private static RunConfig config(int parts, int inFlight) {
    List<String> all = new ArrayList<>(SWITCH);
    all.add("training.micro-batches=" + parts);
    all.add("training.micro-batches-in-flight=" + inFlight);
    return ConfigLoader.load(Optional.empty(), all);
  }
}
