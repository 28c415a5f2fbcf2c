package io.sparkswitch.jobs.report;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * One line of {@code metrics.jsonl}. Losses are cross-entropy alone, in nats per target token.
 *
 * @param step the step the interval ends with
 * @param layers sparse layers by name ({@code encoder.1}), encoder first; empty for a dense model
 */
record Interval(
    long step,
    OptionalDouble loss,
    OptionalDouble validationLoss,
    Map<String, LayerInterval> layers) {}
