package io.sparkswitch.jobs.loop;

import io.sparkswitch.model.moe.LayerMetrics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What ranks tell the driver of a batch: sums, so that ranks and steps add up.
 *
 * @param crossEntropy nats, summed over target tokens
 * @param targetTokens number of target tokens
 * @param tokens real tokens, encoder and decoder together
 * @param finite whether the loss is
 * @param expertSquares sum of the squares of the gradients of the experts of a rank; not finite
 *     where one is not
 * @param exchangeSeconds spent in the exchange of tensors, divided by the number of ranks
 * @param layers what the sparse layers did
 */
record RankReport(
    double crossEntropy,
    long targetTokens,
    long tokens,
    boolean finite,
    double expertSquares,
    double exchangeSeconds,
    List<LayerMetrics> layers) {

  static RankReport none() {
    return ofGradients(0, 0);
  }

  /** What is known once all gradients of a rank are there. */
  static RankReport ofGradients(double expertSquares, double exchangeSeconds) {
    return new RankReport(0, 0, 0, true, expertSquares, exchangeSeconds, List.of());
  }

  RankReport plus(RankReport other) {
    List<LayerMetrics> sum = new ArrayList<>();
    if (layers.isEmpty() || other.layers.isEmpty()) {
      sum.addAll(layers.isEmpty() ? other.layers : layers);
    } else {
      for (int i = 0; i < layers.size(); i++) {
        sum.add(layers.get(i).plus(other.layers.get(i)));
      }
    }
    return new RankReport(
        crossEntropy + other.crossEntropy,
        targetTokens + other.targetTokens,
        tokens + other.tokens,
        finite && other.finite,
        expertSquares + other.expertSquares,
        exchangeSeconds + other.exchangeSeconds,
        sum);
  }

  /** The same, but for the layers. */
  RankReport withLayers(List<LayerMetrics> others) {
    return new RankReport(
        crossEntropy, targetTokens, tokens, finite, expertSquares, exchangeSeconds, others);
  }

  /** Nats per target token. */
  double loss() {
    return crossEntropy / targetTokens;
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeDouble(crossEntropy);
      out.writeLong(targetTokens);
      out.writeLong(tokens);
      out.writeBoolean(finite);
      out.writeDouble(expertSquares);
      out.writeDouble(exchangeSeconds);
      out.writeInt(layers.size());
      for (LayerMetrics layer : layers) {
        out.writeUTF(layer.layer());
        out.writeLong(layer.tokens());
        out.writeLong(layer.dropped());
        out.writeDouble(layer.confidence());
        out.writeDouble(layer.auxiliaryLoss());
        out.writeDouble(layer.routerZLoss());
        out.writeInt(layer.expertTokens().length);
        for (long tokensOfExpert : layer.expertTokens()) {
          out.writeLong(tokensOfExpert);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static RankReport of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      double crossEntropy = in.readDouble();
      long targetTokens = in.readLong();
      long tokens = in.readLong();
      boolean finite = in.readBoolean();
      double expertSquares = in.readDouble();
      double exchangeSeconds = in.readDouble();
      List<LayerMetrics> layers = new ArrayList<>();
      for (int n = in.readInt(); n > 0; n--) {
        layers.add(layer(in));
      }
      return new RankReport(
          crossEntropy, targetTokens, tokens, finite, expertSquares, exchangeSeconds, layers);
    } catch (IOException e) {
      throw new UncheckedIOException("a rank's report was cut short", e);
    }
  }

  private static LayerMetrics layer(DataInputStream in) throws IOException {
    String name = in.readUTF();
    long tokens = in.readLong();
    long dropped = in.readLong();
    double confidence = in.readDouble();
    double auxiliaryLoss = in.readDouble();
    double routerZLoss = in.readDouble();
    long[] experts = new long[in.readInt()];
    for (int e = 0; e < experts.length; e++) {
      experts[e] = in.readLong();
    }
    return new LayerMetrics(name, tokens, dropped, confidence, auxiliaryLoss, routerZLoss, experts);
  }
}
