package io.sparkswitch.data.pipeline;

import org.apache.spark.api.java.JavaSparkContext;

/**
 * What Spark's jobs are for, as its UI and its event logs tell: jobs that are begun meanwhile have
 * the description, after that of the phase around it.
 *
 * <p>Concurrency: the thread that begins it, whose jobs alone it describes, ends it.
 */
public final class JobPhase implements AutoCloseable {
  private static final String DESCRIPTION = "spark.job.description";

  private final JavaSparkContext sc;
  private final String around;

  private JobPhase(JavaSparkContext sc, String around) {
    this.sc = sc;
    this.around = around;
  }

  public static JobPhase begin(JavaSparkContext sc, String phase) {
    String around = sc.getLocalProperty(DESCRIPTION);
    sc.setLocalProperty(DESCRIPTION, around == null ? phase : around + ": " + phase);
    return new JobPhase(sc, around);
  }

  @Override
  public void close() {
    sc.setLocalProperty(DESCRIPTION, around);
  }
}
