package io.sparkswitch.jobs.bench;

import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Config.Width;
import java.util.ArrayList;
import java.util.List;

/**
 * A matrix product [m, k] · [k, n], or {@code batch} of them at once.
 *
 * @param times how often a forward pass of the dense model has it
 */
record Product(long batch, long m, long k, long n, long times) {

  double flops() {
    return 2.0 * batch * m * k * n;
  }

  /** The products of a forward pass, as they are computed. */
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
    products.add(new Product(1, decoder, w.embed(), w.inner(), blocks));
    products.add(new Product(1, encoder, w.embed(), 2L * w.inner(), blocks));
    heads(products, c, c.decoderLength(), c.encoderLength(), blocks);
    products.add(new Product(1, decoder, w.inner(), w.embed(), blocks));
    products.add(new Product(1, decoder, w.embed(), config.vocab(), 1));
    return products;
  }

  private static void block(List<Product> products, Width w, long tokens, long blocks) {
    products.add(new Product(1, tokens, w.embed(), 3L * w.inner(), blocks));
    products.add(new Product(1, tokens, w.inner(), w.embed(), blocks));
    products.add(new Product(1, tokens, w.embed(), w.mlp(), blocks));
    products.add(new Product(1, tokens, w.mlp(), w.embed(), blocks));
  }

  private static void heads(
      List<Product> products, BenchCase c, long length, long keys, long blocks) {
    Width w = c.dense().width();
    long all = (long) c.sequences() * w.heads();
    products.add(new Product(all, length, w.headDim(), keys, blocks));
    products.add(new Product(all, length, keys, w.headDim(), blocks));
  }
}
