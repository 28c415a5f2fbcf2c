package io.sparkswitch.jobs.track;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Shows a training among the driver's metrics, as Spark's own are: {@code /metrics/json}, {@code
 * /metrics/prometheus} and every configured sink. Spark makes it, by name; there is one Spark in a
 * process, hence one training to show, the one shown last.
 *
 * <p>Concurrency: any thread.
 */
public final class MetricsPlugin implements SparkPlugin {
  private static final AtomicReference<TrainingGauges> SHOWN = new AtomicReference<>();

  /** Shows a training until another is shown or Spark stops. */
  public static void show(TrainingGauges training) {
    SHOWN.set(training);
  }

  @Override
  public DriverPlugin driverPlugin() {
    return new DriverPlugin() {
      @Override
      public void registerMetrics(String application, PluginContext context) {
        register(context.metricRegistry());
      }

      @Override
      public void shutdown() {
        SHOWN.set(null);
      }
    };
  }

  /** None: what ranks measure they tell the driver. */
  @Override
  public ExecutorPlugin executorPlugin() {
    return null;
  }

  static void register(MetricRegistry registry) {
    for (String name : TrainingGauges.NAMES) {
      registry.register(name, (Gauge<Double>) () -> value(name));
    }
  }

  private static double value(String name) {
    TrainingGauges shown = SHOWN.get();
    return shown == null ? Double.NaN : shown.value(name);
  }
}
