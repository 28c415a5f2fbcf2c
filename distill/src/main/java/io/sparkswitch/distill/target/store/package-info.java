/** Soft targets on disk: Parquet files, and the manifest that makes them whole. */
package io.sparkswitch.distill.target.store;
