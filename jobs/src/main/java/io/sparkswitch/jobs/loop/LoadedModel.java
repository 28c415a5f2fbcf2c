package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.gang.DriverProgram;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointReader;
import io.sparkswitch.model.t5.T5Parameters;
import io.sparkswitch.model.tensor.Parameters;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * A gang with a trained model, for work that changes nothing in it.
 *
 * @param spec what ranks know
 * @param checkpoint the model
 * @param vocabularyRows rows of its embedding
 * @param hadoop the cluster's file systems
 */
public record LoadedModel(
    WorkerSpec spec, Committed checkpoint, int vocabularyRows, Configuration hadoop) {

  /** What is done once every rank has the model. */
  @FunctionalInterface
  interface Work<T> {
    T on(RankSet ranks, int attempt) throws IOException;
  }

  <T> DriverProgram<T> doing(Work<T> work) {
    return (exchange, attempt) -> {
      RankSet ranks = new RankSet(exchange, attempt);
      give(ranks);
      T result = work.on(ranks, attempt);
      ranks.stop();
      return result;
    };
  }

  private void give(RankSet ranks) throws IOException {
    try (Parameters dense =
        new Parameters(
            T5Parameters.dense(Architecture.of(spec.config(), vocabularyRows)),
            Architecture.precision(spec.config()).parameters())) {
      CheckpointReader.read(checkpoint, hadoop, ModelTensors.of(dense, Map.of()));
      ranks.loadExperts(checkpoint.manifest().step(), checkpoint.manifest().attempt());
      ranks.sendParameters(dense);
      ranks.await();
    }
  }
}
