package io.sparkswitch.jobs;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A verb run in this process, which is driver and only executor at once. */
final class InProcess {
  private InProcess() {}

  /**
   * What a verb did.
   *
   * @param code of exit
   * @param text what it said on both streams
   */
  record Outcome(int code, String text) {}

  static Outcome run(List<String> arguments) {
    return run(arguments, Map.of());
  }

  /**
   * @param more Spark properties over those of all tests
   */
  static Outcome run(List<String> arguments, Map<String, String> more) {
    StringWriter text = new StringWriter();
    return new Outcome(run(arguments, more, text), text.toString());
  }

  /**
   * @param text takes what the verb says, as it says it
   * @return the code of exit
   */
  static int run(List<String> arguments, Map<String, String> more, Writer text) {
    Map<String, String> spark =
        new HashMap<>(
            Map.of("spark.master", "local[2]", "spark.kryo.registrationRequired", "true"));
    spark.putAll(more);
    spark.forEach(System::setProperty);
    try {
      PrintWriter writer = new PrintWriter(text);
      return Main.run(writer, writer, arguments.toArray(String[]::new));
    } finally {
      spark.keySet().forEach(System::clearProperty);
    }
  }
}
