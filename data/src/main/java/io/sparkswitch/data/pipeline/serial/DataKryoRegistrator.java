package io.sparkswitch.data.pipeline.serial;

import com.esotericsoftware.kryo.Kryo;
import io.sparkswitch.data.shard.DocumentCounts;
import io.sparkswitch.data.shard.DocumentSpan;
import io.sparkswitch.data.shard.RowGroup;
import io.sparkswitch.data.shard.Segment;
import io.sparkswitch.data.shard.ShardCounts;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.shard.ShardSource;
import io.sparkswitch.data.shard.SourceEntry;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.Document;
import io.sparkswitch.data.source.SourceFormat;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.data.token.train.WordCount;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.spark.serializer.KryoRegistrator;

/** What Spark serialises of this module, so that {@code registrationRequired} can be on. */
public final class DataKryoRegistrator implements KryoRegistrator {
  private static final List<Class<? extends Record>> RECORDS =
      List.of(
          CorpusFile.class,
          Document.class,
          RowGroup.class,
          Segment.class,
          DocumentCounts.class,
          DocumentSpan.class,
          ShardCounts.class,
          ShardFile.class,
          ShardManifest.class,
          ShardSettings.class,
          ShardSource.class,
          SourceEntry.class,
          VocabularySpec.class,
          WordCount.class);

  // What Spark SQL sends when it infers the schema of shards and does not register by itself; other
  // versions have other classes.
  private static final List<String> BY_NAME =
      List.of(
          "org.apache.spark.sql.types.ArrayType",
          "org.apache.spark.sql.types.IntegerType$",
          "org.apache.spark.sql.types.LongType$",
          "org.apache.spark.sql.types.FloatType$",
          "org.apache.spark.sql.types.StringType$");

  @Override
  public void registerClasses(Kryo kryo) {
    kryo.register(ArrayList.class);
    kryo.register(LinkedHashMap.class);
    kryo.register(Object[].class);
    kryo.register(int[].class);
    kryo.register(long[].class);
    kryo.register(SourceFormat.class);
    for (Class<? extends Record> type : RECORDS) {
      kryo.register(type, new RecordSerializer());
      kryo.register(Array.newInstance(type, 0).getClass());
    }
    BY_NAME.forEach(name -> registerIfPresent(kryo, name));
  }

  private static void registerIfPresent(Kryo kryo, String name) {
    try {
      kryo.register(Class.forName(name, false, Thread.currentThread().getContextClassLoader()));
    } catch (ClassNotFoundException e) {
      // Another version of Spark, which will not send it.
    }
  }
}
