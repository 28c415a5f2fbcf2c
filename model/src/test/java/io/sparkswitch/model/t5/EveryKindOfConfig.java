package io.sparkswitch.model.t5;

import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Exploration;
import io.sparkswitch.model.moe.RouterLossFactors;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.moe.Selection;
import io.sparkswitch.model.t5.T5Config.Conventions;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Small and medium architectures of all kinds, for what is reckoned and what is listed to agree.
 */
final class EveryKindOfConfig {
  private static final List<Width> WIDTHS =
      List.of(new Width(8, 12, 2, 4), new Width(12, 20, 3, 8), new Width(256, 1024, 4, 64));

  private EveryKindOfConfig() {}

  static List<T5Config> all() {
    List<T5Config> all = new ArrayList<>();
    for (Width width : WIDTHS) {
      for (FeedForwardKind kind : FeedForwardKind.values()) {
        for (boolean tied : new boolean[] {true, false}) {
          all.add(config(width, new Conventions(kind, tied, 8, 20, 1), null));
          for (ExpertSites sites : ExpertSites.values()) {
            for (Selection selection :
                List.of(Selection.topK(1), Selection.topK(2), Selection.noTokenLeftBehind(3))) {
              all.add(
                  config(width, new Conventions(kind, tied, 16, 20, 1), sparse(sites, selection)));
            }
          }
        }
      }
    }
    return all;
  }

  private static T5Config config(Width width, Conventions conventions, SwitchConfig sparse) {
    return new T5Config(40, width, 3, 5, conventions, Optional.ofNullable(sparse));
  }

  private static SwitchConfig sparse(ExpertSites sites, Selection selection) {
    RoutingRule rule =
        new RoutingRule(
            selection,
            Capacity.factor(1.25),
            Exploration.jitter(0.01),
            RouterLossFactors.paper(0.01));
    // The decoder has more of them than every second.
    SparseBlocks blocks = new SparseBlocks(List.of(1), List.of(0, 1, 4));
    return new SwitchConfig(6, blocks, sites, rule, Grouping.of(1));
  }
}
