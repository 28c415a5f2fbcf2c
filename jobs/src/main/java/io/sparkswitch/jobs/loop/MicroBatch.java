package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.Batch;

/**
 * A part of a rank's share of a global batch.
 *
 * @param index which part
 * @param number of the batch in the stream
 * @param batch the global batch
 * @param share the sequences
 */
record MicroBatch(int index, long number, Batch batch, Share share) {}
