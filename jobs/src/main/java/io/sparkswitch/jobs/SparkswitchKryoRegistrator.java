package io.sparkswitch.jobs;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import io.sparkswitch.data.pipeline.serial.DataKryoRegistrator;
import io.sparkswitch.jobs.conf.RunConfig;
import org.apache.spark.serializer.KryoRegistrator;

/** Everything of ours that Spark serialises, so that {@code registrationRequired} can be on. */
public final class SparkswitchKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    new DataKryoRegistrator().registerClasses(kryo);
    kryo.register(byte[].class);
    kryo.register(byte[][].class);
    kryo.register(long[].class);
    kryo.register(float[].class);
    kryo.register(double[].class);
    kryo.register(String[].class);
    // Kryo cannot fill the fields of records; Java serialisation calls their constructors.
    kryo.register(RunConfig.class, new JavaSerializer());
  }
}
