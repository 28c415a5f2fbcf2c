package io.sparkswitch.jobs.study;

import io.sparkswitch.jobs.conf.RunConfig;
import java.util.List;

/** The verbs of the command line, as a study calls them. */
@FunctionalInterface
public interface Verbs {
  /**
   * Runs a verb to its end.
   *
   * @param arguments the verb and its options, but for {@code --config} and {@code --set}
   * @param config what it is run with
   * @throws Exception what the verb failed with
   */
  void run(List<String> arguments, RunConfig config) throws Exception;
}
