package io.sparkswitch.data.token;

import java.util.List;

/**
 * Trains a SentencePiece unigram model from word counts (Kudo, Subword Regularization, 2018): seeds
 * from frequent substrings, then rounds of expectation-maximisation and pruning until the size is
 * reached. Deterministic: the bytes depend on the counts and the settings alone, not on the order
 * of the counts. Runs on one core; 10 MB of English take a few seconds.
 */
public final class UnigramTrainer {
  private static final int CONTROL_PIECES = VocabularySpec.UNKNOWN + 1;
  private static final int SEED_LIMIT = 1_000_000;

  /** As SentencePiece: pruning stops a tenth above the size, the least probable pieces go last. */
  private static final double SLACK = 1.1;

  private UnigramTrainer() {}

  /**
   * @param counts words as {@link Words#split} yields them, each once
   * @return a SentencePiece {@code .model} of {@code settings.pieces()} pieces, ids as T5, {@code
   *     identity} normaliser
   * @throws IllegalArgumentException if the corpus is too small for the size, or the size too small
   *     for the corpus's characters
   */
  public static byte[] train(List<WordCount> counts, UnigramSettings settings) {
    TrainingText text = TrainingText.of(counts, settings);
    int required = text.characters().size();
    int target = settings.pieces() - CONTROL_PIECES;
    if (required > target) {
      throw new IllegalArgumentException(
          "pieces = %d cannot hold the corpus's %d characters at character-coverage %s and the %d control pieces: raise pieces to at least %d or lower character-coverage"
              .formatted(
                  settings.pieces(),
                  required,
                  settings.characterCoverage(),
                  CONTROL_PIECES,
                  required + CONTROL_PIECES));
    }
    WordTable seeds =
        SeedPieces.find(text, settings.maxPieceLength(), Math.max(SEED_LIMIT, settings.pieces()));
    if (seeds.words() < target) {
      throw new IllegalArgumentException(
          "pieces = %d is more than the corpus can fill: with %d distinct words the largest possible size is %d; give more text or lower pieces"
              .formatted(settings.pieces(), counts.size(), seeds.words() + CONTROL_PIECES));
    }
    UnigramFit fit = new UnigramFit(seeds, text.fragments(), required, target);
    int desired = (int) (SLACK * settings.pieces());
    iterate(fit, settings.subIterations());
    while (fit.size() > desired) {
      int before = fit.size();
      fit.prune(desired);
      iterate(fit, settings.subIterations());
      if (fit.size() == before) {
        break;
      }
    }
    return SentencePieceModel.withT5Ids(fit.best()).toBytes();
  }

  private static void iterate(UnigramFit fit, int rounds) {
    for (int round = 0; round < rounds; round++) {
      fit.step();
    }
  }
}
