package io.sparkswitch.jobs.bench;

import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Config.Width;
import java.util.ArrayList;
import java.util.List;

/**
 * A matrix product, or {@code batch} of them at once.
 *
 * @param layout of its operands
 * @param m rows of the result
 * @param k what is summed over
 * @param n columns of the result
 * @param times how often a training step of the dense model has it
 */
record Product(Layout layout, long batch, long m, long k, long n, long times) {
  /** Which operands are transposed. */
  enum Layout {
    /** x · wᵀ: forward. */
    SECOND,
    /** y · w: gradient of the input. */
    NONE,
    /** yᵀ · x: gradient of the weight. */
    FIRST
  }

  double flops() {
    return 2.0 * batch * m * k * n;
  }

  /** The products of a training step, forward and backward, as they are computed. */
  static List<Product> of(BenchCase c) {
    T5Config config = c.dense();
    Width w = config.width();
    long encoder = (long) c.sequences() * c.encoderLength();
    long decoder = (long) c.sequences() * c.decoderLength();
    List<Product> products = new ArrayList<>();
    long blocks = config.encoderLayers();
    block(products, w, encoder, blocks);
    heads(products, c, c.encoderLength(), c.encoderLength(), blocks);
    blocks = config.decoderLayers();
    block(products, w, decoder, blocks);
    heads(products, c, c.decoderLength(), c.decoderLength(), blocks);
    linear(products, decoder, w.embed(), w.inner(), blocks);
    linear(products, encoder, w.embed(), 2L * w.inner(), blocks);
    heads(products, c, c.decoderLength(), c.encoderLength(), blocks);
    linear(products, decoder, w.inner(), w.embed(), blocks);
    linear(products, decoder, w.embed(), config.vocab(), 1);
    return products;
  }

  private static void block(List<Product> products, Width w, long tokens, long blocks) {
    linear(products, tokens, w.embed(), 3L * w.inner(), blocks);
    linear(products, tokens, w.inner(), w.embed(), blocks);
    linear(products, tokens, w.embed(), w.mlp(), blocks);
    linear(products, tokens, w.mlp(), w.embed(), blocks);
  }

  private static void linear(List<Product> products, long tokens, long in, long out, long times) {
    products.add(new Product(Layout.SECOND, 1, tokens, in, out, times));
    products.add(new Product(Layout.NONE, 1, tokens, out, in, times));
    products.add(new Product(Layout.FIRST, 1, out, tokens, in, times));
  }

  private static void heads(
      List<Product> products, BenchCase c, long length, long keys, long blocks) {
    Width w = c.dense().width();
    long all = (long) c.sequences() * w.heads();
    long d = w.headDim();
    products.add(new Product(Layout.SECOND, all, length, d, keys, 2 * blocks)); // q·kᵀ, dy·vᵀ
    products.add(new Product(Layout.NONE, all, length, keys, d, 2 * blocks)); // p·v, ds·k
    products.add(new Product(Layout.FIRST, all, keys, length, d, 2 * blocks)); // pᵀ·dy, dsᵀ·q
  }
}
