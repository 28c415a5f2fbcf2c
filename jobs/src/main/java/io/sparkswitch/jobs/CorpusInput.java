package io.sparkswitch.jobs;

import io.sparkswitch.data.demo.DemoCorpus;
import io.sparkswitch.data.source.Corpus;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.source.Split;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** A corpus folder given on the command line. */
final class CorpusInput {
  private CorpusInput() {}

  /**
   * The files of a split.
   *
   * @throws InputException if the folder is missing, has no such files, or is half a demo corpus
   */
  static List<CorpusFile> files(String folder, Configuration conf, Split split) {
    List<CorpusFile> files = Corpus.files(folder, conf, split);
    try {
      DemoCorpus.refuseIncomplete(folder, conf);
    } catch (IllegalArgumentException e) {
      throw new InputException(e.getMessage(), e);
    }
    return files;
  }
}
