package io.sparkswitch.model.t5;

import io.sparkswitch.model.exchange.ExpertPlacement;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.t5.Block.Context;
import io.sparkswitch.model.t5.Stack.Seat;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A T5 or Switch T5: all dense parameters, and the experts of one rank. Not thread-safe.
 *
 * <p>Every rank of a gang must walk the same passes in the same order.
 */
public final class T5Model implements AutoCloseable {
  private final T5Config config;
  private final Parameters dense;
  private final Parameters experts;
  private final Stack encoder;
  private final Stack decoder;

  /** A model whose experts are spread over {@code size} ranks, of which this is {@code rank}. */
  public T5Model(T5Config config, ScalarType dtype, int rank, int size) {
    this.config = config;
    this.dense = new Parameters(T5Parameters.dense(config), dtype);
    this.experts =
        new Parameters(
            config
                .sparse()
                .map(s -> new ExpertPlacement(s.experts(), size))
                .map(p -> T5Parameters.experts(config, p.first(rank), p.first(rank + 1)))
                .orElse(List.of()),
            dtype);
    Seat seat = new Seat(rank, size);
    this.encoder = new Stack("encoder", config, dense, experts, seat);
    this.decoder = new Stack("decoder", config, dense, experts, seat);
  }

  public T5Config config() {
    return config;
  }

  /** The parameters that every rank holds. */
  public Parameters dense() {
    return dense;
  }

  /** The parameters of this rank's experts. */
  public Parameters experts() {
    return experts;
  }

  /**
   * @return {@code <float>[batch × decoderLength, vocab]}: scores of the next target token
   */
  public Tensor forward(Inputs inputs, Pass pass) {
    Encoded encoded = encode(inputs, pass);
    Tensor hidden = decode(inputs.decoderTokens(), encoded, pass, inputs.decoderGroups());
    return logits(hidden.reshape(-1, config.width().embed()));
  }

  /**
   * The encoder's output.
   *
   * @param memory {@code <float>[batch, encoderLength, embed]}
   * @param mask {@code <float>[batch, 1, 1, encoderLength]}, null without padding
   */
  public record Encoded(Tensor memory, Tensor mask) {}

  public Encoded encode(Inputs inputs, Pass pass) {
    Tensor tokens = inputs.encoderTokens();
    Tensor mask = inputs.hasEncoderPadding() ? paddingMask(tokens) : null;
    Tensor x = torch.embedding(dense.value("shared.weight"), tokens); // [batch, length, embed]
    Tensor bias = encoder.selfBias(Math.toIntExact(tokens.size(1)));
    Tensor keptBias = pass.tape().keep(mask == null ? bias : bias.add(mask));
    Tensor keptX = pass.tape().keep(x);
    pass.tape().end();
    Tensor memory =
        encoder.apply(keptX, new Context(keptBias, null, null), pass, inputs.encoderGroups());
    return new Encoded(memory, mask);
  }

  /**
   * @param tokens {@code <int64>[batch, decoderLength]}
   * @return {@code <float>[batch, decoderLength, embed]}, after the final norm
   */
  public Tensor decode(Tensor tokens, Encoded encoded, Pass pass, TokenGroups groups) {
    Tensor memory = pass.tape().keep(encoded.memory());
    pass.tape().end();
    Tensor x = torch.embedding(dense.value("shared.weight"), tokens);
    Tensor bias = pass.tape().keep(decoder.selfBias(Math.toIntExact(tokens.size(1))));
    Tensor keptX = pass.tape().keep(x);
    pass.tape().end();
    return decoder.apply(keptX, new Context(bias, memory, encoded.mask()), pass, groups);
  }

  /**
   * @param hidden {@code <float>[tokens, embed]}
   * @return {@code <float>[tokens, vocab]}
   */
  public Tensor logits(Tensor hidden) {
    if (!config.conventions().tiedOutput()) {
      return torch.linear(hidden, dense.value("lm_head.weight"));
    }
    double scale = 1 / Math.sqrt(config.width().embed());
    return torch.linear(hidden.mul(Tensors.scalar(scale)), dense.value("shared.weight"));
  }

  /** {@code [batch, 1, 1, length]}: 0 at tokens, -inf at padding. */
  private Tensor paddingMask(Tensor tokens) {
    Tensor padding = tokens.eq(Tensors.scalar(0)).view(tokens.size(0), 1, 1, tokens.size(1));
    Tensor zeros =
        Tensors.zeros(dense.values().scalar_type(), tokens.size(0), 1, 1, tokens.size(1));
    return zeros.masked_fill(padding, Tensors.scalar(Double.NEGATIVE_INFINITY));
  }

  @Override
  public void close() {
    dense.close();
    experts.close();
  }
}
