package io.sparkswitch.jobs.conf;

import io.sparkswitch.data.shard.Digests;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A whole configuration, checked; component names in kebab-case are the keys of HOCON. */
public record RunConfig(
    long seed,
    ModelSettings model,
    RoutingSettings routing,
    DataSettings data,
    ExampleSettings examples,
    TrainingSettings training,
    OptimizerSettings optimizer,
    GangSettings gang,
    ExchangeSettings exchange,
    TeachSettings teach,
    DistillSettings distill,
    VocabSettings vocab,
    PrepareSettings prepare,
    DemoCorpusSettings demoCorpus)
    implements Serializable {

  public RunConfig {
    Require.that(
        !model.sparse() || routing.choices() <= model.numExperts(),
        "routing.choices",
        routing.choices(),
        "at most model.num-experts, %d".formatted(model.numExperts()));
    int group = routing.groupSequences();
    requireWholeGroups("training.batch-size", training.batchSize(), group);
    requireWholeGroups("training.evaluation-batch-size", training.evaluationBatchSize(), group);
    Require.that(
        group > 0 || training.microBatches() == 1,
        "training.micro-batches",
        training.microBatches(),
        "1 while routing.group-sequences = 0 makes the whole batch one routing group");
    long warmup = optimizer.warmupSteps(training.steps());
    Require.that(
        optimizer.schedule() != ScheduleName.LINEAR || warmup < training.steps(),
        "optimizer.warmup-steps",
        warmup,
        "fewer than training.steps, %d".formatted(training.steps()));
  }

  /** The same run of another model, routed its way. */
  public RunConfig withModel(ModelSettings other, RoutingSettings itsRouting) {
    return new RunConfig(
        seed,
        other,
        itsRouting,
        data,
        examples,
        training,
        optimizer,
        gang,
        exchange,
        teach,
        distill,
        vocab,
        prepare,
        demoCorpus);
  }

  /** The same run with other draws. */
  public RunConfig withSeed(long other) {
    return new RunConfig(
        other,
        model,
        routing,
        data,
        examples,
        training,
        optimizer,
        gang,
        exchange,
        teach,
        distill,
        vocab,
        prepare,
        demoCorpus);
  }

  private static void requireWholeGroups(String key, int sequences, int group) {
    Require.that(
        group == 0 || sequences % group == 0,
        key,
        sequences,
        "a multiple of routing.group-sequences, %d".formatted(group));
  }

  /**
   * The whole configuration as HOCON: one line a key, in a fixed order, every value in one form.
   */
  public String render() {
    return SettingsRenderer.render(this, List.of());
  }

  /**
   * As {@link #render()}, the named keys and sections of the top level alone.
   *
   * @param only such as {@code seed} or {@code model}; empty for all
   */
  public String render(List<String> only) {
    return SettingsRenderer.render(this, only);
  }

  /** SHA-256 of {@link #render()}, lower-case hexadecimal: equal for equal settings. */
  public String digest() {
    return Digests.of(render().getBytes(StandardCharsets.UTF_8));
  }
}
