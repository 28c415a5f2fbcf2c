package io.sparkswitch.data.pipeline.serial;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.shard.TestShards;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.Document;
import io.sparkswitch.data.token.train.WordCount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.reflect.ClassTag$;

class KryoTest {
  @Test
  void recordsOfThisModuleComeBackEqual(@TempDir Path folder) throws IOException {
    ShardManifest manifest = TestShards.write(folder, new ShardSettings(9, 4), 10, 3).manifest();
    SerializerInstance kryo =
        new KryoSerializer(
                new SparkConf(false)
                    .set("spark.kryo.registrationRequired", "true")
                    .set("spark.kryo.registrator", DataKryoRegistrator.class.getName()))
            .newInstance();

    Stream.<Object>of(
            manifest,
            manifest.files().get(0),
            new Document("u", "t", "", "en"),
            CorpusFile.of("file:/a/c4-de.tfrecord-0.json.gz", 5),
            new WordCount("\u2581a", 3))
        .forEach(value -> assertThat(roundTrip(kryo, value)).isEqualTo(value));
  }

  private static Object roundTrip(SerializerInstance kryo, Object value) {
    return kryo.deserialize(
        kryo.serialize(value, ClassTag$.MODULE$.Object()), ClassTag$.MODULE$.Object());
  }
}
