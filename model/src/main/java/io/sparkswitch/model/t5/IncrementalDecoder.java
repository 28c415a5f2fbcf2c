package io.sparkswitch.model.t5;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.layer.Dropout;
import io.sparkswitch.model.layer.KeyValueCache;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RouterLosses;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.t5.Block.Walk;
import io.sparkswitch.model.t5.T5Model.Encoded;
import io.sparkswitch.model.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * The decoder, one position at a time and dropless: keys and values of earlier positions are kept,
 * those of the encoder's output are computed once. Equal to {@link T5Model#decode} of the whole
 * prefix, at the cost of its last position. Not thread-safe.
 *
 * <p>Its rows are the beams of the sequences, sequence by sequence, the same number of beams each.
 */
public final class IncrementalDecoder implements AutoCloseable {
  private final T5Model model;
  private final Exchange exchange;
  private final RoutingRule rule;
  private final int beams;
  private final List<CachedBlock> blocks = new ArrayList<>();
  private Tensor mask;
  private int sequences;
  private int position;

  /**
   * @param beams rows a sequence
   * @param maxTokens positions at most
   */
  public record Room(int beams, int maxTokens) {
    public Room {
      if (beams < 1) {
        throw new IllegalArgumentException("beams is %d, must be at least 1".formatted(beams));
      }
      if (maxTokens < 1) {
        throw new IllegalArgumentException(
            "maxTokens is %d, must be at least 1".formatted(maxTokens));
      }
    }
  }

  /**
   * @param encoded read now, not needed afterwards
   */
  public IncrementalDecoder(T5Model model, Encoded encoded, Exchange exchange, Room room) {
    this.model = model;
    this.exchange = exchange;
    this.rule = model.config().training().inference(Capacity.dropless());
    this.beams = room.beams;
    this.sequences = Math.toIntExact(encoded.memory().size(0));
    T5Config.Width width = model.config().width();
    KeyValueCache.Size size =
        new KeyValueCache.Size(
            Math.multiplyExact(sequences, beams), width.heads(), room.maxTokens, width.headDim());
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      this.mask = encoded.mask() == null ? null : Tensors.own(encoded.mask().clone());
      for (Block block : model.decoder().blocks()) {
        blocks.add(CachedBlock.of(block, encoded.memory(), size));
      }
    }
  }

  /** Rows of a step. */
  public int rows() {
    return sequences * beams;
  }

  /**
   * Goes one position on.
   *
   * @param tokens {@code [rows]}: the newest token of each row; at first the start token
   * @return {@code <float>[rows, vocab]}: scores of the token that follows
   */
  public Tensor logits(int[] tokens) {
    if (tokens.length != rows()) {
      throw new IllegalArgumentException("%d tokens for %d rows".formatted(tokens.length, rows()));
    }
    try (NoGradGuard guard = new NoGradGuard()) {
      return Tensors.surviving(() -> next(tokens));
    }
  }

  private Tensor next(int[] tokens) {
    Walk walk = walk();
    Tensor newest = Tensors.indices(tokens, tokens.length, 1);
    Tensor x = model.embed(newest, walk.pass().tape()); // [rows, 1, embed]
    Tensor bias = model.decoder().selfBiasAt(position, model.precision().activations());
    for (CachedBlock block : blocks) {
      x = block.apply(x, bias, mask, sequences, walk);
    }
    position++;
    return model.logits(model.decoder().normed(x).view(tokens.length, x.size(2)));
  }

  /** What is observed lives no longer than the step. */
  private Walk walk() {
    boolean[] real = new boolean[rows()];
    Arrays.fill(real, true);
    TokenGroups groups = new TokenGroups(rows(), 1, rows(), real, 0, rows());
    Tag tag = new Tag(0, position, 0, 0, Direction.CONTROL);
    Pass pass = Pass.inference(exchange, tag, rule);
    return new Walk(pass, groups, Dropout.none(), new RouterLosses(pass, groups, true));
  }

  /**
   * Goes on with the rows {@code chosen} alone: each {@link Room#beams} of them, one after the
   * other, must be of one sequence, and no sequence may be chosen twice.
   */
  public void select(int[] chosen) {
    int[] survivors = survivors(chosen);
    boolean allStay = Arrays.equals(survivors, IntStream.range(0, sequences).toArray());
    if (allStay && Arrays.equals(chosen, IntStream.range(0, rows()).toArray())) {
      return;
    }
    try (NoGradGuard guard = new NoGradGuard()) {
      for (CachedBlock block : blocks) {
        block.past().select(chosen);
        if (!allStay) {
          block.memory().select(survivors);
        }
      }
      if (!allStay && mask != null) {
        selectMask(survivors);
      }
    }
    sequences = survivors.length;
  }

  private void selectMask(int[] survivors) {
    try (PointerScope scope = new PointerScope();
        Tensor old = mask) {
      mask = Tensors.own(old.index_select(0, Tensors.indices(survivors, survivors.length)));
    }
  }

  private int[] survivors(int[] chosen) {
    int[] survivors = new int[chosen.length / beams];
    Arrays.setAll(survivors, s -> chosen[s * beams] / beams);
    boolean whole = chosen.length % beams == 0;
    for (int row = 0; whole && row < chosen.length; row++) {
      whole = chosen[row] / beams == survivors[row / beams];
    }
    if (!whole || Arrays.stream(survivors).distinct().count() != survivors.length) {
      throw new IllegalArgumentException(
          "rows %s are not %d of each of some sequences".formatted(Arrays.toString(chosen), beams));
    }
    return survivors;
  }

  @Override
  public void close() {
    blocks.forEach(CachedBlock::close);
    if (mask != null) {
      mask.close();
    }
  }
}
