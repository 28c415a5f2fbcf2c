package io.sparkswitch.jobs.gang;

import io.sparkswitch.jobs.conf.ExchangeSettings.Encryption;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;

/**
 * Whether the members of a gang encrypt what they send each other.
 *
 * @param sentence says so, and why
 */
record WireEncryption(boolean on, String sentence) {
  /** Keys by which Spark encrypts what it sends itself, closures among it. */
  private static final List<String> SPARKS_OWN =
      List.of(
          "spark.network.crypto.enabled",
          "spark.ssl.rpc.enabled",
          "spark.authenticate.enableSaslEncryption");

  static WireEncryption of(Encryption asked, SparkConf spark) {
    Optional<String> own =
        SPARKS_OWN.stream().filter(key -> spark.getBoolean(key, false)).findFirst();
    return switch (asked) {
      case ON ->
          new WireEncryption(
              true,
              own.isPresent()
                  ? "The exchange is encrypted (exchange.encryption = on)."
                  : "The exchange is encrypted (exchange.encryption = on), but Spark, which carries"
                      + " its keys to the executors, is not: set spark.network.crypto.enabled or"
                      + " spark.ssl.rpc.enabled too.");
      case OFF ->
          new WireEncryption(
              false,
              own.map(
                      key ->
                          "The exchange is not encrypted (exchange.encryption = off), though Spark is (%s): tokens, gradients and parameters can be read and altered on the way."
                              .formatted(key))
                  .orElse("The exchange is not encrypted (exchange.encryption = off)."));
      case AUTO ->
          own.map(
                  key ->
                      new WireEncryption(
                          true, "The exchange is encrypted because Spark is (%s).".formatted(key)))
              .orElseGet(
                  () ->
                      new WireEncryption(
                          false,
                          "The exchange is not encrypted because Spark is not; exchange.encryption"
                              + " and docs/gang.md say more."));
    };
  }
}
