package io.sparkswitch.data.batch.example;

import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/**
 * A folder of tokenised examples as all processes of a run read it.
 *
 * @param folder where it lies
 * @param sha256 digest of its file
 */
public record PinnedExamples(String folder, String sha256) implements Serializable {

  /**
   * @throws io.sparkswitch.data.source.InputException if the folder does not hold this file whole
   */
  public ExampleFolder open(Configuration conf) {
    return ExampleFolder.open(this, conf);
  }
}
