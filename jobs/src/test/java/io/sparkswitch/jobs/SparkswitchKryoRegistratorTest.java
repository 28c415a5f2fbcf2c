package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag$;

class SparkswitchKryoRegistratorTest {
  @Test
  void configurationTravelsWithRegistrationRequired() {
    SparkConf conf = new SparkConf(false).set("spark.kryo.registrationRequired", "true");
    SparkSetup.common(conf, "pretrain", Map.of());
    SerializerInstance kryo = new KryoSerializer(conf).newInstance();
    RunConfig config = ConfigLoader.load(Optional.empty(), List.of("preset=nano-switch"));

    ByteBuffer bytes = kryo.serialize(config, ClassTag$.MODULE$.apply(RunConfig.class));
    Object back = kryo.deserialize(bytes, ClassTag$.MODULE$.apply(RunConfig.class));

    assertThat(back).isEqualTo(config);
  }
}
