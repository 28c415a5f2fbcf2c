package io.sparkswitch.model.t5;

import io.sparkswitch.model.exchange.ExpertPlacement;
import io.sparkswitch.model.layer.AttentionMask;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.t5.Block.Context;
import io.sparkswitch.model.t5.StackBuilder.Seat;
import io.sparkswitch.model.tensor.Gradients;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Phase;
import io.sparkswitch.model.tensor.Tape;
import io.sparkswitch.model.tensor.Tensors;
import java.util.List;
import java.util.function.BiFunction;
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
  private final Precision precision;
  private final Parameters dense;
  private final Parameters experts;
  private final Stack encoder;
  private final Stack decoder;

  /** A model whose experts are spread over {@code size} ranks, of which this is {@code rank}. */
  public T5Model(T5Config config, Precision precision, int rank, int size) {
    this(config, precision, new Seat(rank, size), Parameters::new);
  }

  /** The same, for a model that is only read. */
  public static T5Model frozen(T5Config config, Precision precision, int rank, int size) {
    return new T5Model(config, precision, new Seat(rank, size), Parameters::frozen);
  }

  private T5Model(
      T5Config config,
      Precision precision,
      Seat seat,
      BiFunction<List<ParameterSpec>, ScalarType, Parameters> parameters) {
    this.config = config;
    this.precision = precision;
    this.dense = parameters.apply(T5Parameters.dense(config), precision.parameters());
    this.experts =
        parameters.apply(
            config
                .sparse()
                .map(s -> new ExpertPlacement(s.experts(), seat.size()))
                .map(
                    p ->
                        T5Parameters.experts(
                            config, p.first(seat.rank()), p.first(seat.rank() + 1)))
                .orElse(List.of()),
            precision.parameters());
    StackBuilder builder = new StackBuilder(config, dense, experts, seat, precision.router());
    this.encoder = new Stack(StackKind.ENCODER, builder);
    this.decoder = new Stack(StackKind.DECODER, builder);
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
    return projection().logits(hidden(inputs, pass));
  }

  /**
   * @return {@code <float>[batch × decoderLength, embed]}: what {@link #projection} takes
   */
  Tensor hidden(Inputs inputs, Pass pass) {
    Encoded encoded = encode(inputs, pass);
    Tensor hidden = decode(inputs.decoderTokens(), encoded, pass, inputs.decoderGroups());
    return hidden.view(hidden.size(0) * hidden.size(1), config.width().embed());
  }

  /**
   * The encoder's output.
   *
   * @param memory {@code <float>[batch, encoderLength, embed]}
   * @param mask of cross-attention, {@code <float>[batch, 1, 1 or decoderLength, encoderLength]};
   *     null without padding
   * @param ownMask of the decoder's self-attention beside the causal one, {@code <float>[batch, 1,
   *     decoderLength, decoderLength]}; null for sequences of one text
   */
  public record Encoded(Tensor memory, Tensor mask, Tensor ownMask) {}

  public Encoded encode(Inputs inputs, Pass pass) {
    Tensor tokens = inputs.encoderTokens();
    ScalarType dtype = precision.activations();
    Examples examples = inputs.examples().orElse(null);
    Tensor padding = inputs.padded() ? paddingMask(tokens) : null;
    Tensor mask = examples == null ? padding : examples.encoderMask(dtype);
    Tensor bias = encoder.selfBias(Math.toIntExact(tokens.size(1)), dtype);
    Tensor keptBias = pass.tape().keep(bias);
    Tensor x = embed(tokens, pass.tape()); // [batch, length, embed]
    Tensor memory =
        encoder.apply(
            x,
            new Context(new AttentionMask(keptBias, mask), null, null),
            pass,
            inputs.encoderGroups());
    return examples == null
        ? new Encoded(memory, padding, null)
        : new Encoded(memory, examples.crossMask(dtype), examples.decoderMask(dtype));
  }

  /**
   * @param tokens {@code <int64>[batch, decoderLength]}
   * @return {@code <float>[batch, decoderLength, embed]}, after the final norm
   */
  public Tensor decode(Tensor tokens, Encoded encoded, Pass pass, TokenGroups groups) {
    Tensor memory = pass.tape().keep(encoded.memory());
    int length = Math.toIntExact(tokens.size(1));
    Tensor bias = pass.tape().keep(decoder.selfBias(length, precision.activations()));
    Tensor x = embed(tokens, pass.tape());
    Context context =
        new Context(
            new AttentionMask(bias, encoded.ownMask()),
            memory,
            new AttentionMask(null, encoded.mask()));
    return decoder.apply(x, context, pass, groups);
  }

  Stack decoder() {
    return decoder;
  }

  Precision precision() {
    return precision;
  }

  /**
   * @param tokens {@code <int64>[batch, length]}
   * @return {@code <float>[batch, length, embed]}
   */
  Tensor embed(Tensor tokens, Tape tape) {
    Tensor table = dense.value("shared.weight");
    long embed = config.width().embed();
    return tape.source(
        Phase.OTHER,
        () -> torch.embedding(table, tokens).to(precision.activations()),
        gradient ->
            Gradients.addRows(
                table, tokens.view(tokens.numel()), gradient.view(tokens.numel(), embed)));
  }

  /**
   * @param hidden {@code <float>[tokens, embed]}
   * @return {@code <float>[tokens, vocab]}
   */
  public Tensor logits(Tensor hidden) {
    return projection().logits(hidden);
  }

  OutputProjection projection() {
    return config.conventions().tiedOutput()
        ? new OutputProjection(dense.value("shared.weight"), 1 / Math.sqrt(config.width().embed()))
        : new OutputProjection(dense.value("lm_head.weight"), 1);
  }

  /** {@code [batch, 1, 1, length]}: 0 at tokens, -inf at padding. */
  private Tensor paddingMask(Tensor tokens) {
    Tensor padding = tokens.eq(Tensors.scalar(0)).view(tokens.size(0), 1, 1, tokens.size(1));
    Tensor zeros = Tensors.zeros(precision.activations(), tokens.size(0), 1, 1, tokens.size(1));
    return zeros.masked_fill(padding, Tensors.scalar(Double.NEGATIVE_INFINITY));
  }

  @Override
  public void close() {
    dense.close();
    experts.close();
  }
}
