package io.sparkswitch.jobs.study.result;

import io.sparkswitch.jobs.report.Numbers;
import java.util.OptionalDouble;
import java.util.function.Function;

/** A figure of each row: its name in CSV and JSON, and how the page shows it. */
public enum Column {
  PAIRS(Table.QUALITY, "pairs", "pairs", "", Numbers::count),
  NEG_LOG_PERPLEXITY(
      Table.QUALITY,
      "negLogPerplexity",
      "negative log perplexity",
      "nats per target token, mean; higher is better",
      Numbers::finerNats),
  DEVIATION(
      Table.QUALITY,
      "standardDeviation",
      "between seeds",
      "standard deviation, nats",
      Numbers::finerNats),
  DIFFERENCE(
      Table.QUALITY,
      "differenceToDense",
      "over dense",
      "mean within pairs, nats",
      Numbers::finerSignedNats),
  DIFFERENCE_ERROR(
      Table.QUALITY, "differenceError", "its standard error", "nats", Numbers::finerNats),
  COMPARED(
      Table.QUALITY,
      "differenceToCompared",
      "over the compared row",
      "mean within pairs, nats",
      Numbers::finerSignedNats),
  COMPARED_ERROR(Table.QUALITY, "comparedError", "its standard error", "nats", Numbers::finerNats),
  SHARE(Table.QUALITY, "shareOfGain", "share of the gain", "of Switch over dense", Numbers::ratio),
  SHARE_FROM(Table.QUALITY, "shareFrom", "at least", "95 % of resamples", Numbers::ratio),
  SHARE_TO(Table.QUALITY, "shareTo", "at most", "95 % of resamples", Numbers::ratio),
  STEP_SPEED_UP(
      Table.QUALITY,
      "stepSpeedUp",
      "speed-up, steps",
      "to dense’s last validation loss",
      Numbers::ratio),
  STEP_SPEED_UP_ERROR(Table.QUALITY, "stepSpeedUpError", "its standard error", "", Numbers::ratio),
  TIME_SPEED_UP(
      Table.QUALITY,
      "timeSpeedUp",
      "speed-up, time",
      "to dense’s last validation loss",
      Numbers::ratio),
  TIME_SPEED_UP_ERROR(Table.QUALITY, "timeSpeedUpError", "its standard error", "", Numbers::ratio),
  CONTEXT(
      Table.QUALITY,
      "contextGain",
      "drawn from context",
      "nats; over other sequences’ inputs",
      Numbers::finerNats),
  STEPS(Table.COST, "steps", "training steps", "", Numbers::count),
  PARAMETERS(Table.COST, "parameters", "parameters", "", Numbers::magnitude),
  FLOPS_PER_TOKEN(
      Table.COST, "flopsPerToken", "FLOPs per token", "forward pass", Numbers::magnitude),
  TRAINING_FLOPS(Table.COST, "trainingFlops", "FLOPs", "of the whole training", Numbers::magnitude),
  LEFT_BEHIND(
      Table.COST, "fractionTokensLeftBehind", "tokens dropped", "in training", Numbers::share),
  SECONDS(Table.COST, "seconds", "time", "of training, a run", Numbers::duration),
  TARGET_SECONDS(
      Table.COST, "targetSeconds", "time for targets", "of the verb teach", Numbers::duration),
  TARGET_BYTES(Table.COST, "targetBytes", "bytes of targets", "stored", Numbers::magnitude);

  /** The page has two tables: what was reached, and what it took. */
  enum Table {
    QUALITY,
    COST
  }

  private final Table table;
  private final String key;
  private final String heading;
  private final String unit;
  private final Function<OptionalDouble, String> format;

  Column(
      Table table,
      String key,
      String heading,
      String unit,
      Function<OptionalDouble, String> format) {
    this.table = table;
    this.key = key;
    this.heading = heading;
    this.unit = unit;
    this.format = format;
  }

  Table table() {
    return table;
  }

  /** Its name in CSV and JSON. */
  public String key() {
    return key;
  }

  String heading() {
    return heading;
  }

  String unit() {
    return unit;
  }

  /** As the page shows it. */
  public String shown(OptionalDouble figure) {
    return format.apply(figure);
  }
}
