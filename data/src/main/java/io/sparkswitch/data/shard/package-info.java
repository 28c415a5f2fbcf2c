/** Tokenised segments in Parquet, with the manifest that makes them whole. */
package io.sparkswitch.data.shard;
