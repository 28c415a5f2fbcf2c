package io.sparkswitch.data.token.train;

import io.sparkswitch.data.token.Piece;
import io.sparkswitch.data.token.SentencePieceModel;
import io.sparkswitch.data.token.SentencePieceModel.Normaliser;
import io.sparkswitch.data.token.WordTable;
import io.sparkswitch.data.token.Words;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains a SentencePiece unigram model from word counts (Kudo, Subword Regularization, 2018): seeds
 * from frequent substrings, then rounds of expectation-maximisation and pruning until the size is
 * reached. Deterministic: the bytes depend on the counts and the settings alone, not on the order
 * of the counts or on the machine (hence {@link StrictMath}). Runs on one core; 10 MB of English
 * take a few seconds.
 */
public final class UnigramTrainer {
  private static final int SEED_LIMIT = 1_000_000;

  /** As SentencePiece: pruning stops a tenth above the size, the least probable pieces go last. */
  private static final double SLACK = 1.1;

  private UnigramTrainer() {}

  /**
   * @param counts words of normalised text as {@link Words#split} yields them, whole or in parts,
   *     each once
   * @return a SentencePiece {@code .model} of {@code settings.pieces()} pieces, ids as T5
   * @throws IllegalArgumentException if the corpus is too small for the size, or the size too small
   *     for the corpus's characters
   */
  public static byte[] train(List<WordCount> counts, UnigramSettings settings) {
    TrainingText text = TrainingText.of(counts, settings.text());
    int required = text.characters().size();
    int target = settings.pieces() - settings.special();
    if (required > target) {
      throw new IllegalArgumentException(
          "pieces = %d cannot hold the corpus's %d characters at character-coverage %s and the %d control and byte pieces: raise pieces to at least %d or lower character-coverage"
              .formatted(
                  settings.pieces(),
                  required,
                  settings.text().characterCoverage(),
                  settings.special(),
                  required + settings.special()));
    }
    WordTable seeds =
        SeedPieces.find(text, settings.maxPieceLength(), Math.max(SEED_LIMIT, settings.pieces()));
    if (seeds.words() < target) {
      throw new IllegalArgumentException(
          "pieces = %d is more than the corpus can fill: with %d distinct words the largest possible size is %d; give more text or lower pieces"
              .formatted(settings.pieces(), counts.size(), seeds.words() + settings.special()));
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
    List<Piece> pieces = new ArrayList<>(settings.byteFallback() ? Piece.bytes() : List.of());
    pieces.addAll(fit.best());
    Normaliser normaliser = Normaliser.of(settings.text().normalisation());
    return SentencePieceModel.withT5Ids(pieces, normaliser).toBytes();
  }

  private static void iterate(UnigramFit fit, int rounds) {
    for (int round = 0; round < rounds; round++) {
      fit.step();
    }
  }
}
