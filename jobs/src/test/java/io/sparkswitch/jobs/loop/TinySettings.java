package io.sparkswitch.jobs.loop;

import java.util.List;
import java.util.stream.Stream;

/**
 * A tiny dense model on {@code TinyShards}, an odd number of sequences a batch, which clips at
 * every step.
 */
final class TinySettings {
  private static final List<String> ALL =
      List.of(
          "seed=5",
          "model.d-model=16",
          "model.d-ff=32",
          "model.num-heads=2",
          "model.d-kv=4",
          "model.num-encoder-layers=2",
          "model.num-decoder-layers=2",
          "model.initialisation-scale=1.0",
          "routing.group-sequences=1",
          "data.inputs-length=16",
          "data.row-group-segments=16",
          "data.shuffle-window-row-groups=2",
          "optimizer.clip-norm=0.01",
          "training.batch-size=11");

  private TinySettings() {}

  /** As {@code --set} takes them. */
  static List<String> with(String... more) {
    return Stream.concat(ALL.stream(), Stream.of(more)).toList();
  }
}
