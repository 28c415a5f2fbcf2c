package io.sparkswitch.jobs.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;

/** One part of {@code bench gang}: it starts its own processes and ends them. */
interface GangPart {

  /**
   * Measures.
   *
   * @param results gets this part's names, all of them ratios unless their name says a unit
   * @param environment of executors
   * @param say a line for a person
   */
  void run(ObjectNode results, Map<String, String> environment, Consumer<String> say)
      throws IOException;
}
