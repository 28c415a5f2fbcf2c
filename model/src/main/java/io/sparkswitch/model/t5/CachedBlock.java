package io.sparkswitch.model.t5;

import io.sparkswitch.model.layer.Attention;
import io.sparkswitch.model.layer.KeyValueCache;
import io.sparkswitch.model.layer.KeyValueCache.Kind;
import io.sparkswitch.model.layer.KeyValueCache.Size;
import io.sparkswitch.model.layer.Linear;
import io.sparkswitch.model.moe.SwitchAttention;
import io.sparkswitch.model.t5.Block.Normed;
import io.sparkswitch.model.t5.Block.SelfAttention;
import io.sparkswitch.model.t5.Block.Walk;
import org.bytedeco.pytorch.Tensor;

/**
 * A block of the decoder that sees one position at a time and remembers those before. The rows of a
 * step are the beams of the sequences, sequence by sequence.
 *
 * @param block the decoder's block
 * @param past keys and values of the positions so far, a row a beam
 * @param memory keys and values of the encoder's output, a row a sequence
 */
record CachedBlock(Block block, KeyValueCache past, KeyValueCache memory) implements AutoCloseable {

  /**
   * @param encoded {@code <float>[sequences, encoderLength, embed]}
   * @param own size of {@code past}
   */
  static CachedBlock of(Block block, Tensor encoded, Size own) {
    Attention cross = block.crossAttention().layer();
    Tensor keys = Attention.split(Linear.apply(encoded, cross.k()), cross.heads());
    Tensor values = Attention.split(Linear.apply(encoded, cross.v()), cross.heads());
    int sequences = Math.toIntExact(encoded.size(0));
    int length = Math.toIntExact(encoded.size(1));
    Size all = new Size(sequences, own.heads(), length, own.headDim());
    KeyValueCache memory = new KeyValueCache(all, Kind.KEYS_AND_VALUES, encoded.scalar_type());
    memory.append(keys, values);
    boolean sparse = block.selfAttention().layer().sparse() != null;
    Kind kind = sparse ? Kind.KEYS_ARE_VALUES : Kind.KEYS_AND_VALUES;
    return new CachedBlock(block, new KeyValueCache(own, kind, encoded.scalar_type()), memory);
  }

  /**
   * @param x {@code <float>[rows, 1, embed]}: the newest position
   * @param bias {@code <float>[1, heads, 1, positions]}: of self-attention
   * @param mask {@code <float>[sequences, 1, 1, encoderLength]}; null without padding
   * @param sequences that the rows belong to, the same number of rows each
   * @return {@code <float>[rows, 1, embed]}
   */
  Tensor apply(Tensor x, Tensor bias, Tensor mask, int sequences, Walk walk) {
    Normed<SelfAttention> self = block.selfAttention();
    Tensor h = self.normed(x);
    Tensor attended =
        self.layer().sparse() == null
            ? attend(h, bias, self.layer().dense())
            : route(h, bias, self.layer().sparse(), walk);
    return block.feed(crossAttend(x.add(attended), mask, sequences), walk);
  }

  private Tensor attend(Tensor h, Tensor bias, Attention attention) {
    Tensor queries = split(Linear.apply(h, attention.q()));
    past.append(split(Linear.apply(h, attention.k())), split(Linear.apply(h, attention.v())));
    return Linear.apply(mix(queries, past, bias), attention.o());
  }

  private Tensor route(Tensor h, Tensor bias, SwitchAttention attention, Walk walk) {
    Tensor rows = h.view(h.size(0), h.size(2)); // [rows, embed]
    Tensor queries = attention.query().apply(rows, walk.pass(), walk.groups(), walk.losses());
    Tensor both = attention.keyValue().apply(rows, walk.pass(), walk.groups(), walk.losses());
    Tensor keys = split(both.unsqueeze(1));
    past.append(keys, keys);
    Tensor joined = mix(split(queries.unsqueeze(1)), past, bias);
    return Linear.apply(joined, attention.output());
  }

  /** Cross-attention knows no positions: a sequence's beams take the place of the length. */
  private Tensor crossAttend(Tensor x, Tensor mask, int sequences) {
    Attention attention = block.crossAttention().layer();
    Tensor h = block.crossAttention().normed(x).view(sequences, -1, x.size(2));
    Tensor queries = split(Linear.apply(h, attention.q())); // [sequences, heads, beams, headDim]
    Tensor joined = mix(queries, memory, mask);
    Tensor mixed = Linear.apply(joined, attention.o()); // [sequences, beams, embed]
    return x.add(mixed.view(x.size(0), 1, x.size(2)));
  }

  private Tensor split(Tensor projected) {
    return Attention.split(projected, block.crossAttention().layer().heads());
  }

  private static Tensor mix(Tensor queries, KeyValueCache cache, Tensor bias) {
    return Attention.attend(queries, cache.keys(), cache.values(), bias);
  }

  @Override
  public void close() {
    past.close();
    memory.close();
  }
}
