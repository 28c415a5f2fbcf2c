package io.sparkswitch.model.moe;

import java.util.Arrays;

/**
 * Tokens given to experts within their capacity, in the order of their position in the routing
 * group; what overflows is computed by no expert (paper section 2.2). A request is a token's choice
 * of an expert, numbered token × choices + choice.
 *
 * @param choices requests a token may make
 * @param expertIndex {@code [tokens × choices]}: the expert asked for, -1 at padding
 * @param kept {@code [tokens × choices]}: whether the expert computes the token by this request
 * @param order kept requests, by expert, then by position
 * @param expertCounts {@code [experts]}: kept requests
 */
record Assignment(int choices, int[] expertIndex, boolean[] kept, int[] order, int[] expertCounts) {

  /**
   * @param ranked {@code [tokens × choices]}: each token's experts, the preferred first
   */
  static Assignment of(int[] ranked, TokenGroups groups, RoutingRule rule, int experts) {
    int choices = rule.selection().choices();
    if (ranked.length != groups.tokens() * choices) {
      throw new IllegalArgumentException(
          "%d requests of %d tokens with %d choices"
              .formatted(ranked.length, groups.tokens(), choices));
    }
    boolean once = rule.selection().kind() == Selection.Kind.NO_TOKEN_LEFT_BEHIND;
    int[] expertIndex = ranked.clone();
    boolean[] kept = new boolean[ranked.length];
    int[] counts = new int[experts];
    for (int g = 0; g < groups.groups(); g++) {
      int capacity = rule.capacity(groups.realTokens(g), experts);
      int[] taken = new int[experts];
      boolean[] placed = new boolean[groups.start(g + 1) - groups.start(g)];
      for (int choice = 0; choice < choices; choice++) {
        for (int t = groups.start(g); t < groups.start(g + 1); t++) {
          int request = t * choices + choice;
          if (!groups.real()[t]) {
            expertIndex[request] = -1;
            continue;
          }
          boolean waits = !once || !placed[t - groups.start(g)];
          if (waits && taken[ranked[request]] < capacity) {
            taken[ranked[request]]++;
            counts[ranked[request]]++;
            kept[request] = true;
            placed[t - groups.start(g)] = true;
          }
        }
      }
    }
    return new Assignment(choices, expertIndex, kept, order(expertIndex, kept, counts), counts);
  }

  private static int[] order(int[] expertIndex, boolean[] kept, int[] counts) {
    int[] next = new int[counts.length];
    int total = 0;
    for (int e = 0; e < counts.length; e++) {
      next[e] = total;
      total += counts[e];
    }
    int[] order = new int[total];
    for (int request = 0; request < kept.length; request++) {
      if (kept[request]) {
        order[next[expertIndex[request]]++] = request;
      }
    }
    return order;
  }

  /** The tokens that are sent, in the order of {@link #order}. */
  int[] tokens() {
    return Arrays.stream(order).map(request -> request / choices).toArray();
  }

  /** First choices, {@code [tokens]}; -1 at padding. */
  int[] first() {
    int[] first = new int[expertIndex.length / choices];
    Arrays.setAll(first, t -> expertIndex[t * choices]);
    return first;
  }

  /** Real tokens that no expert computes. */
  long dropped() {
    long dropped = 0;
    for (int t = 0; t * choices < kept.length; t++) {
      boolean computed = expertIndex[t * choices] < 0;
      for (int c = 0; c < choices; c++) {
        computed |= kept[t * choices + c];
      }
      dropped += computed ? 0 : 1;
    }
    return dropped;
  }
}
