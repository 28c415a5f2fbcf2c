package io.sparkswitch.model.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.generation.DecodingMethod.Beam;
import io.sparkswitch.model.generation.DecodingMethod.Greedy;
import io.sparkswitch.model.generation.TinyGeneration.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BeamSearchTest {
  private static final int END = 1;
  private static final double[] LENGTH_PENALTIES = {-1, 0, 0.6, 1, 2};
  private static final AllowedTokens FEW = AllowedTokens.butPad(7);

  /** Tokens of a hypothesis, its end included. */
  private record Path(List<Integer> tokens, double sum) {
    Path then(int token, double more) {
      List<Integer> longer = new ArrayList<>(tokens);
      longer.add(token);
      return new Path(longer, sum + more);
    }

    boolean ended() {
      return !tokens.isEmpty() && tokens.get(tokens.size() - 1) == END;
    }

    double score(double lengthPenalty) {
      return sum / Math.pow(tokens.size(), lengthPenalty);
    }

    int[] sentence() {
      return tokens.stream().mapToInt(t -> t).filter(t -> t != END).toArray();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void equalsTheSlowSearchOverFullForwardPasses(Kind kind) {
    int prompts = 4;
    int most = 6;
    int otherThanGreedy = 0;
    try (TinyGeneration tiny = TinyGeneration.of(kind)) {
      for (int beams : new int[] {1, 2, 4}) {
        for (double lengthPenalty : LENGTH_PENALTIES) {
          Beam method = new Beam(beams, lengthPenalty);
          List<int[]> found = generate(tiny, method, prompts, most, FEW);
          List<int[]> greedy = generate(tiny, new Greedy(), prompts, most, FEW);
          for (int s = 0; s < prompts; s++) {
            Path slow = slowly(tiny.fullPasses(FEW), TinyGeneration.source(s), method, most);
            assertThat(found.get(s)).as("%s, prompt %d", method, s).isEqualTo(slow.sentence());
            otherThanGreedy += Arrays.equals(found.get(s), greedy.get(s)) ? 0 : 1;
          }
        }
      }
    }
    assertThat(otherThanGreedy).isPositive();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void oneBeamIsGreedyWhateverTheLengthPenalty(Kind kind) {
    try (TinyGeneration tiny = TinyGeneration.of(kind)) {
      List<int[]> greedy = generate(tiny, new Greedy(), 8, 9, FEW);
      for (double lengthPenalty : LENGTH_PENALTIES) {
        List<int[]> beam = generate(tiny, new Beam(1, lengthPenalty), 8, 9, FEW);
        for (int s = 0; s < 8; s++) {
          assertThat(beam.get(s)).isEqualTo(greedy.get(s));
        }
      }
    }
  }

  @Test
  void asManyBeamsAsContinuationsFindTheBestSequenceOfAll() {
    AllowedTokens three = AllowedTokens.butPad(4); // the end, 2 and 3
    int most = 4;
    int otherThanGreedy = 0;
    try (TinyGeneration tiny = TinyGeneration.of(Kind.SWITCH)) {
      List<int[]> greedy = generate(tiny, new Greedy(), 6, most, three);
      for (double lengthPenalty : LENGTH_PENALTIES) {
        List<int[]> found = generate(tiny, new Beam(24, lengthPenalty), 6, most, three);
        for (int s = 0; s < 6; s++) {
          List<Path> all = new ArrayList<>();
          enumerate(tiny.fullPasses(three), TinyGeneration.source(s), root(), most, all);
          assertThat(all).hasSize(1 + 2 + 4 + 8 * 3);
          Path best =
              all.stream()
                  .max(Comparator.comparingDouble(path -> path.score(lengthPenalty)))
                  .orElseThrow();
          assertThat(found.get(s)).isEqualTo(best.sentence());
          otherThanGreedy += Arrays.equals(found.get(s), greedy.get(s)) ? 0 : 1;
        }
      }
    }
    assertThat(otherThanGreedy).isPositive();
  }

  @Test
  void ofEqualCandidatesTheHigherRankedBeamsAndThenTheLowerIdIsPreferred() {
    double[] logProbabilities = {-3, -1, -1, -2, -1, -1, -2, Double.NEGATIVE_INFINITY, -1};
    List<Candidate> best = Candidate.best(logProbabilities, 0, 3, new double[] {0, 0, 0});
    assertThat(best.stream().map(c -> c.beam() + ":" + c.token()))
        .containsExactly("0:1", "0:2", "1:1", "1:2", "2:2", "1:0");
    assertThat(Candidate.best(logProbabilities, 6, 3, new double[] {-0.5}))
        .containsExactly(new Candidate(0, 2, -1.5), new Candidate(0, 0, -2.5));
  }

  private static List<int[]> generate(
      TinyGeneration tiny, DecodingMethod method, int prompts, int most, AllowedTokens allowed) {
    return tiny.generate(
        TinyGeneration.prompts(prompts), new GenerationSettings(method, most, allowed));
  }

  private static Path root() {
    return new Path(List.of(), 0);
  }

  /** Up to the last token or until enough have ended, never mind what can still win. */
  private static Path slowly(FullPasses passes, int[] source, Beam method, int most) {
    List<Path> open = List.of(root());
    List<Path> finished = new ArrayList<>();
    for (int t = 0; t < most && finished.size() < method.beams(); t++) {
      List<Path> candidates = new ArrayList<>();
      for (Path path : open) {
        candidates.addAll(continuations(passes, source, path));
      }
      candidates.sort(Comparator.comparingDouble(Path::sum).reversed());
      List<Path> next = new ArrayList<>();
      for (int rank = 0; rank < candidates.size() && next.size() < method.beams(); rank++) {
        Path candidate = candidates.get(rank);
        if (!candidate.ended()) {
          next.add(candidate);
        } else if (rank < method.beams()) {
          finished.add(candidate);
        }
      }
      open = next;
    }
    if (finished.size() < method.beams()) {
      finished.addAll(open);
    }
    return finished.stream()
        .max(Comparator.comparingDouble(path -> path.score(method.lengthPenalty())))
        .orElseThrow();
  }

  private static void enumerate(
      FullPasses passes, int[] source, Path path, int most, List<Path> all) {
    for (Path longer : continuations(passes, source, path)) {
      if (longer.ended() || longer.tokens().size() == most) {
        all.add(longer);
      } else {
        enumerate(passes, source, longer, most, all);
      }
    }
  }

  private static List<Path> continuations(FullPasses passes, int[] source, Path path) {
    double[] logProbabilities = passes.logProbabilities(source, path.sentence());
    List<Path> continuations = new ArrayList<>();
    for (int id = 0; id < logProbabilities.length; id++) {
      if (logProbabilities[id] > Double.NEGATIVE_INFINITY) {
        continuations.add(path.then(id, logProbabilities[id]));
      }
    }
    return continuations;
  }
}
