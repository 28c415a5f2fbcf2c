package io.sparkswitch.distill.target.store;

import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.codec.ZstandardCodec;

/** For files of a few rows, to which the level that pays for large ones costs seconds each. */
public final class QuickZstd {
  private QuickZstd() {}

  public static Configuration conf() {
    Configuration conf = new Configuration();
    conf.setInt(ZstandardCodec.PARQUET_COMPRESS_ZSTD_LEVEL, 1);
    return conf;
  }
}
