package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.pipeline.serial.DataKryoRegistrator;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;

/** Spark with two cores in this JVM, Kryo with every class registered. */
public final class LocalSpark {
  private LocalSpark() {}

  public static SparkSession start() {
    SparkConf conf =
        new SparkConf()
            .setMaster("local[2]")
            .setAppName("sparkswitch data tests")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set("spark.sql.shuffle.partitions", "2")
            .set("spark.serializer", KryoSerializer.class.getName())
            .set("spark.kryo.registrationRequired", "true")
            .set("spark.kryo.registrator", DataKryoRegistrator.class.getName());
    return SparkSession.builder().config(conf).getOrCreate();
  }
}
