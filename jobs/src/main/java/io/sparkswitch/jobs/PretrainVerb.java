package io.sparkswitch.jobs;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "pretrain",
    description =
        "Trains a T5 or Switch T5 on span corruption. Experts are spread over the executors, the"
            + " driver aggregates the dense gradients. The same command again continues.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "Example: sparkswitch pretrain --shards runs/demo/shards --out runs/demo/switch"
          + " --config conf/runs/demo-switch.conf"
    })
final class PretrainVerb extends GangVerb {
  @Mixin private ShardOptions shards;

  @Override
  List<String> sections() {
    return List.of("model", "routing", "data", "training", "optimizer", "gang", "exchange");
  }

  @Override
  void run(VerbRun run) throws Exception {
    OpenShards open =
        output().fresh() ? OpenShards.open(shards, run) : OpenShards.ofRun(shards, run);
    new TrainingJob(run, open.trainingData(run.config()), "").run(output().fresh(), dense -> {});
  }
}
