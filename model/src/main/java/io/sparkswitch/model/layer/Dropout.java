package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Noise.Site;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Dropout whose draws belong to the sequence, wherever it is computed.
 *
 * @param rate share of values set to zero; 0 switches it off
 * @param noise the step's draws
 * @param firstSequence global index of the first sequence at hand
 */
public record Dropout(double rate, Noise noise, long firstSequence) {

  /** No dropout: evaluation. */
  public static Dropout none() {
    return new Dropout(0, new Noise(0, 0), 0);
  }

  /**
   * @param x {@code <float>[batch, ...]}
   * @return the same shape
   */
  public Tensor apply(Tensor x, int layer, Site site) {
    UnaryOperator<Tensor> factors = factors(layer, site);
    return factors == null ? x : x.mul(factors.apply(x));
  }

  /** What a tensor {@code <float>[batch, ...]} is multiplied by; null without dropout. */
  public UnaryOperator<Tensor> factors(int layer, Site site) {
    return rate == 0 ? null : x -> draw(x, layer, site);
  }

  private Tensor draw(Tensor x, int layer, Site site) {
    int sequences = Math.toIntExact(x.size(0));
    int draws = sequences == 0 ? 0 : Math.toIntExact(x.numel() / sequences);
    Tensor factors = noise.dropout(layer, site, firstSequence, sequences, draws, rate);
    return factors.view_as(x).to(x.scalar_type());
  }
}
