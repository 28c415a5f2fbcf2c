package io.sparkswitch.distill.student;

import java.util.List;

/**
 * What a student's parameters start from.
 *
 * @param copied {@code student's name <- teacher's name}, in the order of the forward pass
 * @param fresh names drawn anew: the feed-forwards of layers that are sparse in the teacher
 */
public record InitReport(List<String> copied, List<String> fresh) {
  public InitReport {
    copied = List.copyOf(copied);
    fresh = List.copyOf(fresh);
  }
}
