package io.sparkswitch.jobs.conf;

import java.io.Serializable;

/** Section {@code routing}. */
public record RoutingSettings(
    int groupSequences,
    SelectionName selection,
    int choices,
    boolean renormalise,
    CapacityName capacity,
    int fixedCapacity,
    ExplorationName exploration,
    double inputDropoutRate,
    PaddingName padding,
    RouterLossesName losses)
    implements Serializable {
  public RoutingSettings {
    Require.notNegative("routing.group-sequences", groupSequences);
    Require.positive("routing.choices", choices);
    Require.that(
        !renormalise || (selection == SelectionName.TOP_K && choices > 1),
        "routing.renormalise",
        renormalise,
        "false, unless routing.selection = top-k with routing.choices above 1: a single gate would be 1, and the router learn nothing");
    Require.positive("routing.fixed-capacity", fixedCapacity);
    Require.share("routing.input-dropout-rate", inputDropoutRate);
    Require.that(
        losses == RouterLossesName.PAPER || (groupSequences == 1 && padding == PaddingName.ROUTED),
        "routing.losses",
        "hugging-face",
        "paper, unless routing.group-sequences = 1 and routing.padding = routed, which go with it");
  }

  /** Routing groups in a batch; the last may be smaller. */
  public int groups(int sequences) {
    return groupSequences == 0 ? 1 : (sequences + groupSequences - 1) / groupSequences;
  }
}
