package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.batch.corruption.SegmentLengths;
import io.sparkswitch.jobs.TinyShards;
import io.sparkswitch.jobs.bench.LoopbackGang;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.gang.DriverProgram;
import io.sparkswitch.jobs.gang.GangMember;
import io.sparkswitch.jobs.gang.GangTask;
import io.sparkswitch.jobs.loop.ReckonedRows.Supposition;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.PlannedTraffic;
import io.sparkswitch.model.exchange.Traffic;
import io.sparkswitch.model.t5.SparseLayers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real steps judge the plan: every byte and message of every member, by what it carries. */
class StepWireTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int STEPS = 2;

  private static final List<String> DENSE = TinySettings.with("training.micro-batches=2");

  /** Experts of two widths, a capacity that binds, and indices that travel along. */
  private static final List<String> SWITCH =
      List.of(
          "model.num-experts=5",
          "model.expert-sites=both",
          "model.expert-dropout-rate=0.2",
          "model.capacity-factor=0.75",
          "routing.choices=2");

  @TempDir private static Path folder;

  @BeforeAll
  static void writeData() throws Exception {
    TinyShards.write(folder.resolve("shards"), config(List.of()).data());
    Files.createDirectories(folder.resolve("run/checkpoints"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void aDenseStepMovesWhatIsPlanned(int ranks) throws Exception {
    judge(config(List.of()), ranks, StepWireTest::inProcess);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void aSwitchStepMovesWhatIsPlannedOfItsRouting(int ranks) throws Exception {
    judge(config(SWITCH), ranks, StepWireTest::inProcess);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void underSelectivePrecisionTokensTravelAsBfloat16(int ranks) throws Exception {
    List<String> selective =
        Stream.concat(SWITCH.stream(), Stream.of("training.precision=selective")).toList();
    judge(config(selective), ranks, StepWireTest::inProcess);
  }

  @Test
  void inFloat64EverythingTravelsAtTwiceTheBytes() throws Exception {
    List<String> wide =
        Stream.concat(SWITCH.stream(), Stream.of("training.precision=float64")).toList();
    judge(config(wide), 3, StepWireTest::inProcess);
  }

  @Test
  void betweenSocketsItIsTheSame() throws Exception {
    judge(config(SWITCH), 3, LoopbackGang::run);
  }

  /** How a gang is run. */
  private interface Runner {
    <T> T run(int size, GangTask task, DriverProgram<T> program) throws Exception;
  }

  private static <T> T inProcess(int size, GangTask task, DriverProgram<T> program)
      throws Exception {
    List<LocalExchange> ends = LocalExchange.group(size, PATIENCE);
    ExecutorService threads = Executors.newFixedThreadPool(size);
    try (LocalExchange driver = ends.get(0).driver()) {
      List<Future<?>> ranks = new ArrayList<>();
      for (LocalExchange end : ends) {
        ranks.add(
            threads.submit(
                () -> {
                  try (end) {
                    task.run(new GangMember(end, 0, new Configuration()));
                  }
                  return null;
                }));
      }
      T result = program.run(driver, 0);
      for (Future<?> rank : ranks) {
        rank.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
      return result;
    } finally {
      threads.shutdownNow();
    }
  }

  /** Counters of one rank at one moment. */
  private record Counts(Map<Direction, long[]> byDirection, List<long[]> rows) {
    private static final int NUMBERS = 4;

    static Counts of(RecordingExchange end) {
      Map<Direction, long[]> all = new EnumMap<>(Direction.class);
      Traffic t = end.traffic();
      for (Direction d : Direction.values()) {
        all.put(d, new long[] {t.sent(d), t.messagesSent(d), t.received(d), t.messagesReceived(d)});
      }
      return new Counts(all, List.copyOf(end.rows()));
    }

    static long[] of(PlannedTraffic t, Direction d) {
      return new long[] {
        t.sent(d).bytes(), t.sent(d).count(), t.received(d).bytes(), t.received(d).count()
      };
    }

    long[] since(Counts before, Direction direction) {
      long[] difference = new long[NUMBERS];
      for (int i = 0; i < NUMBERS; i++) {
        difference[i] = byDirection.get(direction)[i] - before.byDirection.get(direction)[i];
      }
      return difference;
    }
  }

  /** Rows of a step as all ranks told each other. */
  private record MeasuredRows(List<List<long[]>> ofRanks, int layers) implements RoutedRows {
    @Override
    public long[] sent(int part, int layer, int rank) {
      return ofRanks.get(rank).get(part * layers + layer);
    }

    @Override
    public long[] received(int part, int layer, int rank) {
      return ofRanks.stream().mapToLong(rows -> rows.get(part * layers + layer)[rank]).toArray();
    }
  }

  private static void judge(RunConfig config, int size, Runner runner) throws Exception {
    WorkerSpec spec =
        new WorkerSpec(
            config,
            WorkerSpec.Folders.of(
                folder.resolve("shards").toString(), folder.resolve("run").toString()));
    Map<Integer, RecordingExchange> ends = new ConcurrentSkipListMap<>();
    GangTask task =
        member -> {
          RecordingExchange own = new RecordingExchange(member.exchange());
          ends.put(own.rank(), own);
          new ModelWorker(spec).run(new GangMember(own, member.attempt(), member.hadoop()));
        };
    List<List<Counts>> moments = new ArrayList<>();
    Runnable settled = () -> moments.add(ends.values().stream().map(Counts::of).toList());
    int rows = TinyShards.VOCABULARY.rows();

    List<DriverTraffic.Step> driver =
        runner.run(size, task, new DriverTraffic(spec, rows, STEPS, settled));

    SegmentLengths lengths =
        SegmentLengths.of(
            config.data().inputsLength(),
            config.data().noiseDensity(),
            config.data().meanSpanLength());
    StepPlan plan = new StepPlan(Plan.of(config, rows, size), lengths.inputs(), lengths.targets());
    assertThat(moments).hasSize(STEPS + 1);
    for (int step = 0; step < STEPS; step++) {
      judgeDriver(plan.wire().driver(), driver.get(step));
      judgeRanks(plan, moments.get(step), moments.get(step + 1));
    }
  }

  private static void judgeDriver(PlannedTraffic planned, DriverTraffic.Step step) {
    for (Direction d : Direction.values()) {
      assertThat(step.sent().get(d)).as("driver, %s", d).isEqualTo(planned.sent(d).bytes());
      assertThat(step.received().get(d)).as("driver, %s", d).isEqualTo(planned.received(d).bytes());
    }
  }

  private static void judgeRanks(StepPlan plan, List<Counts> before, List<Counts> after) {
    int layers = SparseLayers.of(plan.plan().architecture()).size();
    List<List<long[]>> rows = new ArrayList<>();
    for (int rank = 0; rank < after.size(); rank++) {
      List<long[]> all = after.get(rank).rows();
      rows.add(all.subList(before.get(rank).rows().size(), all.size()));
      assertThat(rows.get(rank)).hasSize(layers * plan.plan().config().training().microBatches());
    }
    RoutedRows measured = new MeasuredRows(rows, layers);
    for (int rank = 0; rank < after.size(); rank++) {
      PlannedTraffic planned = plan.wire().executor(rank, measured);
      // The driver asked whether all had settled, and was answered.
      planned.receive(Direction.CONTROL, Order.BYTES);
      planned.send(Direction.CONTROL, 0);
      PlannedTraffic most = plan.wire().executor(rank, plan.rows(Supposition.MOST));
      for (Direction d : Direction.values()) {
        assertThat(after.get(rank).since(before.get(rank), d))
            .as("rank %d of %d, %s: bytes and messages sent, received", rank, after.size(), d)
            .isEqualTo(Counts.of(planned, d));
        if (d != Direction.CONTROL) {
          assertThat(planned.sent(d).bytes()).isLessThanOrEqualTo(most.sent(d).bytes());
          assertThat(planned.received(d).bytes()).isLessThanOrEqualTo(most.received(d).bytes());
        }
      }
    }
  }

  private static RunConfig config(List<String> more) {
    return ConfigLoader.load(
        Optional.empty(), Stream.concat(DENSE.stream(), more.stream()).toList());
  }
}
