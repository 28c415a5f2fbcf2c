package io.sparkswitch.model.moe;

/**
 * Tokens given to experts within their capacity, in the order of their position in the routing
 * group; what overflows is computed by no expert (paper section 2.2).
 *
 * @param expertIndex {@code [tokens]}: the expert chosen, -1 at padding
 * @param kept {@code [tokens]}: whether the expert has room
 * @param order kept tokens, by expert, then by position
 * @param expertCounts {@code [experts]}: kept tokens
 */
record Assignment(int[] expertIndex, boolean[] kept, int[] order, int[] expertCounts) {

  static Assignment of(int[] choices, TokenGroups groups, RoutingRule rule, int experts) {
    int[] expertIndex = choices.clone();
    boolean[] kept = new boolean[choices.length];
    int[] counts = new int[experts];
    for (int g = 0; g < groups.groups(); g++) {
      int capacity = rule.capacity(groups.realTokens(g), experts);
      int[] taken = new int[experts];
      for (int t = groups.start(g); t < groups.start(g + 1); t++) {
        if (!groups.real()[t]) {
          expertIndex[t] = -1;
        } else if (taken[choices[t]] < capacity) {
          taken[choices[t]]++;
          counts[choices[t]]++;
          kept[t] = true;
        }
      }
    }
    return new Assignment(expertIndex, kept, order(expertIndex, kept, counts), counts);
  }

  private static int[] order(int[] expertIndex, boolean[] kept, int[] counts) {
    int[] next = new int[counts.length];
    int total = 0;
    for (int e = 0; e < counts.length; e++) {
      next[e] = total;
      total += counts[e];
    }
    int[] order = new int[total];
    for (int t = 0; t < kept.length; t++) {
      if (kept[t]) {
        order[next[expertIndex[t]]++] = t;
      }
    }
    return order;
  }
}
