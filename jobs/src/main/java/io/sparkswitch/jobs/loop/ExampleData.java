package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.data.batch.ExampleStreams;
import io.sparkswitch.data.batch.example.ExampleFolder;
import io.sparkswitch.data.batch.example.PinnedExamples;
import io.sparkswitch.jobs.conf.RunConfig;
import org.apache.hadoop.conf.Configuration;

/**
 * Supervised examples; in an evaluation each is a sequence of its own.
 *
 * @param train those that are trained on
 * @param validation those that are evaluated on
 */
public record ExampleData(PinnedExamples train, PinnedExamples validation) implements RunData {

  @Override
  public Opened open(RunConfig config, Configuration hadoop) {
    ExampleFolder trainFolder = train.open(hadoop);
    ExampleFolder validationFolder = validation.open(hadoop);
    return new Opened() {
      @Override
      public int vocabularyRows() {
        return trainFolder.manifest().vocabulary().rows();
      }

      @Override
      public BatchStream training() {
        return ExampleStreams.training(
            trainFolder.source(),
            config.examples().shape(),
            config.training().batchSize(),
            config.seed());
      }

      @Override
      public BatchStream validation(int part) {
        return ExampleStreams.validation(
            validationFolder.source(),
            config.examples().evaluationShape(),
            config.training().evaluationBatchSize());
      }
    };
  }
}
