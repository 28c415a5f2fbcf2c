package io.sparkswitch.data.token.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.data.token.PieceTrie;
import io.sparkswitch.data.token.WordTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SegmenterTest {
  private static final WordTable WORDS =
      WordTable.of(List.of("abcab", "cab", "bb"), new double[] {3, 2, 5});
  private static final WordTable PIECES =
      WordTable.of(
          List.of("a", "b", "c", "ab", "cab", "bc"), new double[] {.2, .25, .1, .2, .15, .1});

  @Test
  void expectedCountsAreThoseOfEverySegmentation() {
    double[] expected = new double[PIECES.words()];
    List<String> pieces = new ArrayList<>();
    for (int i = 0; i < PIECES.words(); i++) {
      pieces.add(PIECES.text(i));
    }
    for (int word = 0; word < WORDS.words(); word++) {
      List<List<Integer>> paths = new ArrayList<>();
      segmentations(WORDS.text(word), pieces, List.of(), paths);
      assertThat(paths).isNotEmpty();
      double total = paths.stream().mapToDouble(SegmenterTest::probability).sum();
      for (List<Integer> path : paths) {
        for (int piece : path) {
          expected[piece] += WORDS.weights()[word] * probability(path) / total;
        }
      }
    }
    assertThat(segmenter().expectedCounts()).containsExactly(expected, within(1e-12));
  }

  @Test
  void theBestPathAvoidsAnExcludedPiece() {
    Segmenter segmenter = segmenter();
    assertThat(segmenter.bestPath(1, -1)).isEqualTo(1);
    assertThat(segmenter.path[0]).isEqualTo(4);
    assertThat(segmenter.bestPath(1, 4)).isEqualTo(2);
    assertThat(segmenter.path).startsWith(3, 2);
    assertThat(segmenter.bestScore(3)).isEqualTo(Math.log(.1) + Math.log(.2), within(1e-12));
  }

  @Test
  void longWordsOfRarePiecesStayInRange() {
    WordTable pieces = WordTable.of(List.of("x", "xx"), new double[] {1, 1});
    int length = 500;
    WordTable words = WordTable.of(List.of("x".repeat(length)), new double[] {1});
    SegmentGraph graph = new SegmentGraph(words, new PieceTrie(pieces));
    for (double logProbability : new double[] {-30, 0}) {
      double[] expected =
          new Segmenter(graph, new double[] {logProbability, logProbability}).expectedCounts();
      assertThat(expected[0] + 2 * expected[1]).isEqualTo(length, within(1e-9));
    }
  }

  @Test
  void seedsAreTheMaximalSubstringsWithTheirCounts() {
    TrainingText text = new TrainingText(List.of((int) 'a', (int) 'b', (int) 'c'), WORDS);
    WordTable seeds = SeedPieces.find(text, 4, 1000);
    Map<String, Double> naive = naiveSeeds(4);
    Map<String, Double> found = new TreeMap<>();
    for (int i = 3; i < seeds.words(); i++) {
      found.put(seeds.text(i), seeds.weights()[i]);
    }
    assertThat(found).isNotEmpty().isEqualTo(naive);
    assertThat(SeedPieces.find(text, 4, 2).words()).isEqualTo(5);
  }

  @Test
  void digammaHasItsKnownValues() {
    assertThat(UnigramFit.digamma(1)).isEqualTo(-0.5772156649015329, within(1e-8));
    assertThat(UnigramFit.digamma(0.5)).isEqualTo(-1.9635100260214235, within(1e-8));
    assertThat(UnigramFit.digamma(100)).isEqualTo(4.600161852738087, within(1e-8));
  }

  /** Substrings of two or more letters that no single letter always follows. */
  private static Map<String, Double> naiveSeeds(int longest) {
    Map<String, Double> counts = new TreeMap<>();
    Map<String, Set<String>> followers = new TreeMap<>();
    for (int word = 0; word < WORDS.words(); word++) {
      String text = WORDS.text(word);
      for (int from = 0; from < text.length(); from++) {
        for (int to = from + 2; to <= Math.min(text.length(), from + longest); to++) {
          String part = text.substring(from, to);
          counts.merge(part, WORDS.weights()[word], Double::sum);
          String next = to < text.length() ? text.substring(to, to + 1) : "end of " + word;
          followers.computeIfAbsent(part, key -> new HashSet<>()).add(next);
        }
      }
    }
    Map<String, Double> seeds = new TreeMap<>();
    counts.forEach(
        (part, count) -> {
          Set<String> next = followers.get(part);
          boolean inner = next.size() == 1 && !next.iterator().next().startsWith("end");
          if (!inner || part.length() == longest) {
            seeds.put(part, count * part.length());
          }
        });
    return seeds;
  }

  private static Segmenter segmenter() {
    double[] logs = new double[PIECES.words()];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = Math.log(PIECES.weights()[i]);
    }
    return new Segmenter(new SegmentGraph(WORDS, new PieceTrie(PIECES)), logs);
  }

  private static double probability(List<Integer> path) {
    return path.stream().mapToDouble(piece -> PIECES.weights()[piece]).reduce(1, (a, b) -> a * b);
  }

  private static void segmentations(
      String rest, List<String> pieces, List<Integer> path, List<List<Integer>> found) {
    if (rest.isEmpty()) {
      found.add(path);
    }
    for (int piece = 0; piece < pieces.size(); piece++) {
      if (rest.startsWith(pieces.get(piece))) {
        List<Integer> longer = new ArrayList<>(path);
        longer.add(piece);
        segmentations(rest.substring(pieces.get(piece).length()), pieces, longer, found);
      }
    }
  }
}
