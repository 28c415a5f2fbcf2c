package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Saved;
import io.sparkswitch.model.tensor.Section;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** A pre-norm sublayer: x + dropout(layer(norm(x))). */
public final class Residual implements Section {
  private final Tensor norm;
  private final Section layer;
  private final UnaryOperator<Tensor> dropout;
  private Tensor unit;
  private Tensor inverse;
  private Tensor factors;

  /**
   * @param norm {@code <float>[embed]}
   * @param layer takes and returns {@code <float>[n, embed]}
   * @param dropout factors for a tensor like the one given; null for none
   */
  public Residual(Tensor norm, Section layer, UnaryOperator<Tensor> dropout) {
    this.norm = norm;
    this.layer = layer;
    this.dropout = dropout;
  }

  @Override
  public Tensor forward(Tensor input, Saved saved) {
    Tensor x = Linear.rows(input);
    inverse = saved.keep(RmsNorm.inverse(x));
    unit = saved.keep(RmsNorm.unit(x, inverse));
    Tensor y = layer.forward(unit.mul(norm).to(x.scalar_type()), saved);
    if (dropout != null) {
      factors = saved.keep(dropout.apply(y.view_as(input)).view_as(y));
      y = y.mul_(factors);
    }
    return y.add_(x).view_as(input);
  }

  @Override
  public Tensor backward(Tensor gradient) {
    Tensor whole = Linear.rows(gradient.contiguous());
    Tensor inner = layer.backward(factors == null ? whole : whole.mul(factors));
    return RmsNorm.backward(inner, unit, inverse, norm, whole)
        .to(gradient.scalar_type())
        .view_as(gradient);
  }
}
