package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.jobs.bench.ModelBench;
import io.sparkswitch.jobs.bench.ModelBench.Group;
import io.sparkswitch.jobs.bench.ModelBench.Measured;
import io.sparkswitch.jobs.bench.ModelBench.Size;
import io.sparkswitch.jobs.exit.UsageException;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "bench",
    description =
        "Measures, in this process: a full training step of a dense model and of its Switch twin"
            + " beside the rate of the same matrix products alone. Starts no Spark.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "Example: sparkswitch bench model --size mini --threads 1,2 --json runs/bench.json"
    })
final class BenchVerb extends ConfiguredVerb {
  /** What can be measured. */
  enum Subject {
    MODEL
  }

  @Parameters(paramLabel = "WHAT", description = "what to measure: ${COMPLETION-CANDIDATES}")
  private Subject subject;

  @Option(
      names = "--size",
      split = ",",
      defaultValue = "MINI,BASE",
      paramLabel = "SIZE",
      description =
          "MINI: d_model 256, 4 + 4 layers; BASE: T5-Base and Switch-Base-8, which needs 12 GB and"
              + " some minutes")
  private List<Size> sizes;

  @Option(
      names = "--threads",
      split = ",",
      defaultValue = "1,2",
      paramLabel = "N",
      description = "numbers of threads")
  private List<Integer> threads;

  @Option(
      names = "--steps",
      defaultValue = "5",
      paramLabel = "N",
      description = "measured steps of each model in each of three rounds; the fastest counts")
  private int steps;

  @Override
  List<String> sections() {
    return List.of("seed");
  }

  @Override
  void run(VerbRun run) throws IOException {
    if (steps < 1 || threads.stream().anyMatch(n -> n < 1)) {
      throw new UsageException(
          "--steps = %d and --threads = %s: each must be at least 1".formatted(steps, threads));
    }
    ModelBench bench = new ModelBench(steps, run::say);
    for (Size size : sizes) {
      for (int n : threads) {
        Group group = bench.run(size, n);
        String name = n == 1 ? group.name() : "%s-%d-threads".formatted(group.name(), n);
        write(run.results().putObject(name), group);
      }
    }
  }

  private static void write(ObjectNode node, Group group) {
    node.put("threads", group.threads()).put("gemmGflops", group.gemmGflops());
    write(node.putObject("dense"), group.dense());
    write(node.putObject("switch"), group.sparse()).put("stepVersusDense", group.stepVersusDense());
  }

  private static ObjectNode write(ObjectNode node, Measured measured) {
    node.put("secondsPerStep", measured.secondsPerStep())
        .put("tokensPerSecond", measured.tokensPerSecond())
        .put("gflops", measured.gflops())
        .put("shareOfGemm", measured.shareOfGemm())
        .put("peakMebibytes", measured.peakMebibytes());
    ObjectNode phases = node.putObject("phases");
    measured.phases().forEach(phases::put);
    return node;
  }
}
