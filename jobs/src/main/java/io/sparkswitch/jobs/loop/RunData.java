package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.jobs.conf.RunConfig;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/** Where a run's data lie, the same for all its processes. */
public sealed interface RunData extends Serializable permits ShardData, ExampleData {

  /** Opens the data in a process; what is damaged shows here or while reading. */
  Opened open(RunConfig config, Configuration hadoop);

  /** The data of a run in one of its processes. */
  interface Opened {
    /** Rows of the embedding that the token ids need. */
    int vocabularyRows();

    /** The batches of training; batch n is that of step n + 1. */
    BatchStream training();

    /**
     * The batches of an evaluation.
     *
     * @param part see {@link ValidationStreams}
     */
    BatchStream validation(int part);
  }
}
