package io.sparkswitch.model.generation;

import io.sparkswitch.model.t5.IncrementalDecoder;
import io.sparkswitch.model.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Beam search for a batch of prompts; those that are done leave the batch. */
final class BeamSearch {
  private final IncrementalDecoder decoder;
  private final AllowedTokens allowed;
  private final int beams;
  private final List<Beams> prompts;

  BeamSearch(IncrementalDecoder decoder, GenerationSettings settings, DecodingMethod.Beam method) {
    this.decoder = decoder;
    this.allowed = settings.allowed();
    this.beams = method.beams();
    this.prompts =
        Stream.generate(() -> new Beams(method, settings.maxTokens()))
            .limit(decoder.rows() / beams)
            .toList();
  }

  /** The best hypothesis of each prompt. */
  List<int[]> run() {
    List<Beams> going = prompts;
    int[] last = new int[decoder.rows()]; // pad is the start token
    while (!going.isEmpty()) {
      advance(going, last);
      List<Beams> before = going;
      int[] undone = IntStream.range(0, before.size()).filter(i -> !before.get(i).done()).toArray();
      going = Arrays.stream(undone).mapToObj(before::get).toList();
      if (!going.isEmpty()) {
        decoder.select(rows(before, undone));
        last = going.stream().flatMapToInt(prompt -> Arrays.stream(prompt.last())).toArray();
      }
    }
    return prompts.stream().map(Beams::best).toList();
  }

  private void advance(List<Beams> going, int[] last) {
    double[] logProbabilities;
    try (PointerScope scope = new PointerScope()) {
      Tensor logits = allowed.of(decoder.logits(last));
      logProbabilities = Tensors.toDoubles(torch.log_softmax(logits, -1)); // [rows, size]
    }
    for (int i = 0; i < going.size(); i++) {
      going.get(i).advance(logProbabilities, i * beams, allowed.size());
    }
  }

  /** Where the rows that go on continue from. */
  private int[] rows(List<Beams> before, int[] undone) {
    return Arrays.stream(undone)
        .flatMap(i -> Arrays.stream(before.get(i).origins()).map(origin -> i * beams + origin))
        .toArray();
  }
}
