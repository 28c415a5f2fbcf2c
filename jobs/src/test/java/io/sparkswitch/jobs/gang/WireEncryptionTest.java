package io.sparkswitch.jobs.gang;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.conf.ExchangeSettings.Encryption;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireEncryptionTest {
  private final SparkConf spark = new SparkConf(false);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.network.crypto.enabled",
        "spark.ssl.rpc.enabled",
        "spark.authenticate.enableSaslEncryption"
      })
  void autoFollowsSpark(String key) {
    spark.set(key, "true");
    assertThat(WireEncryption.of(Encryption.AUTO, spark))
        .isEqualTo(
            new WireEncryption(
                true, "The exchange is encrypted because Spark is (%s).".formatted(key)));
  }

  @Test
  void autoIsOffWhereSparkDoesNotEncrypt() {
    spark.set("spark.network.crypto.enabled", "false");
    WireEncryption encryption = WireEncryption.of(Encryption.AUTO, spark);
    assertThat(encryption.on()).isFalse();
    assertThat(encryption.sentence()).contains("not encrypted because Spark is not");
  }

  @Test
  void onWarnsWhereSparkWouldCarryTheKeysInTheClear() {
    WireEncryption encryption = WireEncryption.of(Encryption.ON, spark);
    assertThat(encryption.on()).isTrue();
    assertThat(encryption.sentence())
        .contains("but Spark, which carries its keys", "set spark.network.crypto.enabled");
    spark.set("spark.network.crypto.enabled", "true");
    assertThat(WireEncryption.of(Encryption.ON, spark).sentence())
        .isEqualTo("The exchange is encrypted (exchange.encryption = on).");
  }

  @Test
  void offWarnsWhereSparkEncrypts() {
    spark.set("spark.ssl.rpc.enabled", "true");
    WireEncryption encryption = WireEncryption.of(Encryption.OFF, spark);
    assertThat(encryption.on()).isFalse();
    assertThat(encryption.sentence())
        .contains("though Spark is (spark.ssl.rpc.enabled)", "can be read and altered");
  }
}
