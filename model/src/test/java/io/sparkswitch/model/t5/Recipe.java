package io.sparkswitch.model.t5;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.loss.CrossEntropy;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Draws;
import io.sparkswitch.model.moe.Exploration;
import io.sparkswitch.model.moe.Observations;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RouterLossFactors;
import io.sparkswitch.model.moe.RouterLossFactors.Convention;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.moe.Selection;
import io.sparkswitch.model.t5.T5Config.Conventions;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.tensor.Tape;
import java.util.List;
import java.util.Optional;

/**
 * A model and how it is trained.
 *
 * @param name what is special about it
 * @param config the architecture
 * @param dropoutRate everywhere but inside experts
 * @param expertDropoutRate inside experts
 * @param objective what is minimised over target tokens
 */
record Recipe(
    String name,
    T5Config config,
    double dropoutRate,
    double expertDropoutRate,
    CrossEntropy objective) {

  private static final RoutingRule TOP_1 =
      new RoutingRule(
          Selection.topK(1),
          Capacity.factor(0.75),
          Exploration.argmax(),
          RouterLossFactors.paper(0.1));

  /** Plain; where the router explores there is dropout too. */
  static Recipe of(T5Config config) {
    double rate = config.training().exploration().noise() > 0 ? 0.1 : 0;
    return new Recipe("plain", config, rate, rate, TinyModel.CROSS_ENTROPY);
  }

  /**
   * Every option of routing, experts and losses.
   *
   * @param dense width, vocabulary, conventions; two blocks a stack
   * @param experts at least 3
   * @param group sequences a routing group
   */
  static List<Recipe> all(T5Config dense, int experts, int group) {
    Maker make = new Maker(dense, experts, group);
    RoutingRule top2 = with(TOP_1, Selection.topK(2));
    RoutingRule renormalised = with(TOP_1, new Selection(Selection.Kind.TOP_K, 2, true));
    RoutingRule everything =
        new RoutingRule(
            renormalised.selection(),
            TOP_1.capacity(),
            new Exploration(Exploration.Kind.SAMPLE_SOFTMAX, 0),
            new RouterLossFactors(0.1, 0.01, Convention.PAPER));
    Recipe gated =
        make.sparse("gated, untied", TOP_1).conventions(FeedForwardKind.GATED_GELU, false);
    Recipe relu = make.sparse("ReLU, tied", TOP_1).conventions(FeedForwardKind.RELU, true);
    return List.of(
        make.dense("dense, ReLU, tied").conventions(FeedForwardKind.RELU, true),
        make.dense("dense, gated, untied").conventions(FeedForwardKind.GATED_GELU, false),
        relu,
        gated,
        gated.conventions(FeedForwardKind.GATED_GELU, true).named("gated, tied"),
        make.sparse("top-2", top2),
        make.sparse("top-2, renormalised", renormalised),
        make.sparse("top-3", with(TOP_1, Selection.topK(3))),
        make.sparse("No-Token-Left-Behind, 2", with(TOP_1, Selection.noTokenLeftBehind(2))),
        make.sparse("No-Token-Left-Behind, 3", with(TOP_1, Selection.noTokenLeftBehind(3))),
        make.sparse(
            "capacity rounded down",
            with(TOP_1, new Capacity(Capacity.Kind.SHARE_ROUNDED_DOWN, 0.75, 0))),
        make.sparse("capacity fixed", with(TOP_1, Capacity.fixed(2))),
        make.sparse("dropless", with(TOP_1, Capacity.dropless())),
        make.sparse("jitter", with(TOP_1, Exploration.jitter(0.1))).dropping(0.1, 0),
        make.sparse("sampling", with(TOP_1, Exploration.Kind.SAMPLE_SOFTMAX, 0)),
        make.sparse("sampling, top-2", with(top2, Exploration.Kind.SAMPLE_SOFTMAX, 0)),
        make.sparse("input dropout", with(TOP_1, Exploration.Kind.INPUT_DROPOUT, 0.2)),
        relu.rule(top2).dropping(0.1, 0.4).named("expert dropout, ReLU"),
        gated.rule(top2).dropping(0.1, 0.4).named("expert dropout, gated"),
        make.sparse("z-losses", with(TOP_1, new RouterLossFactors(0.1, 0.01, Convention.PAPER)))
            .objective(new CrossEntropy(0.02)),
        make.sparse("attention", TOP_1).sites(ExpertSites.ATTENTION),
        make.sparse("attention and feed-forward", TOP_1).sites(ExpertSites.BOTH),
        make.huggingFace(),
        gated.rule(everything).sites(ExpertSites.BOTH).dropping(0.1, 0.4).named("everything"));
  }

  private static RoutingRule with(RoutingRule rule, Selection selection) {
    return new RoutingRule(selection, rule.capacity(), rule.exploration(), rule.losses());
  }

  private static RoutingRule with(RoutingRule rule, Capacity capacity) {
    return new RoutingRule(rule.selection(), capacity, rule.exploration(), rule.losses());
  }

  private static RoutingRule with(RoutingRule rule, Exploration exploration) {
    return new RoutingRule(rule.selection(), rule.capacity(), exploration, rule.losses());
  }

  private static RoutingRule with(RoutingRule rule, Exploration.Kind kind, double noise) {
    return with(rule, new Exploration(kind, noise));
  }

  private static RoutingRule with(RoutingRule rule, RouterLossFactors losses) {
    return new RoutingRule(rule.selection(), rule.capacity(), rule.exploration(), losses);
  }

  private record Maker(T5Config dense, int experts, int group) {
    Recipe dense(String name) {
      return new Recipe(name, dense, 0.1, 0, new CrossEntropy(0));
    }

    Recipe sparse(String name, RoutingRule rule) {
      SparseBlocks blocks = SparseBlocks.every(2, dense.encoderLayers(), dense.decoderLayers());
      return recipe(name, SwitchConfig.feedForward(experts, blocks, rule, group));
    }

    Recipe huggingFace() {
      RouterLossFactors losses = new RouterLossFactors(0.1, 0.01, Convention.HUGGING_FACE);
      SwitchConfig paper =
          sparse("", with(with(TOP_1, losses), Capacity.fixed(2))).config.sparse().orElseThrow();
      return recipe(
          "Hugging Face",
          new SwitchConfig(
              experts,
              paper.blocks(),
              paper.sites(),
              paper.training(),
              new Grouping(1, Grouping.Padding.ROUTED)));
    }

    private Recipe recipe(String name, SwitchConfig sparse) {
      return new Recipe(
          name,
          Recipe.with(dense, dense.conventions(), Optional.of(sparse)),
          0,
          0,
          new CrossEntropy(0));
    }
  }

  private static T5Config with(
      T5Config config, Conventions conventions, Optional<SwitchConfig> sparse) {
    return new T5Config(
        config.vocab(),
        config.width(),
        config.encoderLayers(),
        config.decoderLayers(),
        conventions,
        sparse);
  }

  Recipe named(String other) {
    return new Recipe(other, config, dropoutRate, expertDropoutRate, objective);
  }

  private Recipe config(T5Config other) {
    return new Recipe(name, other, dropoutRate, expertDropoutRate, objective);
  }

  private Recipe conventions(FeedForwardKind kind, boolean tied) {
    Conventions c = config.conventions();
    Conventions other =
        new Conventions(
            kind, tied, c.relativeBuckets(), c.relativeMaxDistance(), c.initialisationScale());
    return config(with(config, other, config.sparse()));
  }

  private Recipe sites(ExpertSites sites) {
    SwitchConfig s = config.sparse().orElseThrow();
    return sparse(new SwitchConfig(s.experts(), s.blocks(), sites, s.training(), s.grouping()));
  }

  private Recipe rule(RoutingRule rule) {
    SwitchConfig s = config.sparse().orElseThrow();
    return sparse(new SwitchConfig(s.experts(), s.blocks(), s.sites(), rule, s.grouping()));
  }

  private Recipe sparse(SwitchConfig sparse) {
    return config(with(config, config.conventions(), Optional.of(sparse)));
  }

  private Recipe dropping(double rate, double expertRate) {
    return new Recipe(name, config, rate, expertRate, objective);
  }

  private Recipe objective(CrossEntropy other) {
    return new Recipe(name, config, dropoutRate, expertDropoutRate, other);
  }

  /** As in training. */
  Pass pass(Tape tape, Exchange exchange, int microBatch, Observations seen) {
    Tag position = new Tag(0, TinyModel.NOISE.step(), microBatch, 0, Direction.CONTROL);
    Draws draws = new Draws(TinyModel.NOISE, dropoutRate, expertDropoutRate);
    return new Pass(tape, exchange, position, config.training(), draws, seen);
  }

  @Override
  public String toString() {
    return name;
  }
}
