package io.sparkswitch.model.generation;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.t5.Grouping;
import io.sparkswitch.model.t5.IncrementalDecoder;
import io.sparkswitch.model.t5.IncrementalDecoder.Room;
import io.sparkswitch.model.t5.T5Model;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/**
 * Generates for a batch of prompts what each would get alone. The decoder routes dropless. Not
 * thread-safe.
 */
public final class Generator {
  private final T5Model model;
  private final Exchange exchange;
  private final EncoderRouting encoder;

  /**
   * How the encoder routes.
   *
   * @param rule without noise or losses
   * @param grouping which tokens are routed together
   */
  public record EncoderRouting(RoutingRule rule, Grouping grouping) {

    /** Dropless, as nothing else makes a prompt independent of its neighbours in any group. */
    public static EncoderRouting dropless(T5Model model) {
      RoutingRule rule = model.config().training().inference(Capacity.dropless());
      return new EncoderRouting(rule, Grouping.of(1));
    }
  }

  /** A generator whose encoder routes dropless. */
  public Generator(T5Model model, Exchange exchange) {
    this(model, exchange, EncoderRouting.dropless(model));
  }

  public Generator(T5Model model, Exchange exchange, EncoderRouting encoder) {
    this.model = model;
    this.exchange = exchange;
    this.encoder = encoder;
  }

  /**
   * @return the generated tokens of each prompt, without start token and end
   */
  public List<int[]> generate(Prompts prompts, GenerationSettings settings) {
    if (prompts.sources().isEmpty()) {
      return List.of();
    }
    try (IncrementalDecoder decoder = decoder(prompts, settings)) {
      return settings.method() instanceof DecodingMethod.Beam beam
          ? new BeamSearch(decoder, settings, beam).run()
          : new SingleSequences(decoder, settings, chooser(settings.method(), prompts)).run();
    }
  }

  private IncrementalDecoder decoder(Prompts prompts, GenerationSettings settings) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tag tag = new Tag(0, 0, 0, 0, Direction.CONTROL);
      Pass pass = Pass.inference(exchange, tag, encoder.rule);
      T5Model.Encoded encoded = model.encode(prompts.inputs(encoder.grouping), pass);
      Room room = new Room(settings.method().beams(), settings.maxTokens());
      return new IncrementalDecoder(model, encoded, exchange, room);
    }
  }

  private static NextToken chooser(DecodingMethod method, Prompts prompts) {
    return method instanceof DecodingMethod.TopP topP
        ? new TopPSampling(topP, prompts.first(), prompts.sources().size())
        : NextToken.GREEDY;
  }
}
