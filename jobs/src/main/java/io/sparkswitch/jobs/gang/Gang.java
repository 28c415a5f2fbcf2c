package io.sparkswitch.jobs.gang;

import io.sparkswitch.jobs.conf.ExchangeSettings;
import io.sparkswitch.jobs.conf.GangSettings;
import io.sparkswitch.jobs.exit.ExecutorsLostException;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.model.tensor.Natives;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Executors that work together from start to end, and their supervision. Spark never retries a
 * barrier stage that yields results, so the driver does: an attempt that loses an executor ends,
 * the lost one is waited for, and the next attempt, with as many as there are, begins from the last
 * checkpoint.
 */
public final class Gang {
  private final JavaSparkContext spark;
  private final GangSettings settings;
  private final ExchangeSettings wire;
  private final Consumer<String> say;
  private final AttemptKeys.OfRun keys;
  private final Condemned condemned;
  private final Muster muster;
  private final int size;
  private IntToLongFunction nativeBytes = executors -> 0;

  /**
   * Waits for the executors.
   *
   * @throws UsageException if there are too few
   */
  public Gang(
      JavaSparkContext spark, GangSettings settings, ExchangeSettings wire, Consumer<String> say) {
    this.spark = spark;
    this.settings = settings;
    this.wire = wire;
    this.say = say;
    WireEncryption encryption = WireEncryption.of(wire.encryption(), spark.getConf());
    this.keys = encryption.on() ? AttemptKeys.OfRun.encrypted() : AttemptKeys.OfRun.plain();
    this.condemned = new Condemned(spark);
    this.muster = new Muster(spark, condemned);
    this.size = muster.gather(settings.executors(), settings.startupWait());
    say.accept(encryption.sentence());
  }

  /**
   * Lets each executor check, before it allocates anything, that it may use so much memory.
   *
   * @param bytes outside the heap that parameters take on one of so many executors
   */
  public void requireNativeMemory(IntToLongFunction bytes) {
    nativeBytes = bytes;
  }

  /** Number of executors that the first attempt has, and later ones are to have. */
  public int size() {
    return size;
  }

  /** Numbers for attempts, each used once. */
  @FunctionalInterface
  public interface Attempts {
    int next() throws IOException;
  }

  /** As the other, with attempts numbered from 0: for what leaves nothing under their numbers. */
  public <T> T run(GangTask task, DriverProgram<T> program) throws Exception {
    return run(task, program, new AtomicInteger()::getAndIncrement);
  }

  /**
   * Runs {@code task} on every executor and {@code program} here, anew after a loss.
   *
   * @param attempts numbers that no attempt had before whose files could be met
   * @throws ExecutorsLostException after so many losses in a row without progress, or if too few
   *     executors are left
   */
  public <T> T run(GangTask task, DriverProgram<T> program, Attempts attempts) throws Exception {
    Natives.load();
    spark.sc().addSparkListener(condemned);
    try {
      int now = size;
      for (int idle = 0; ; ) {
        int attempt = attempts.next();
        long before = program.progress();
        try {
          return new GangAttempt(this, attempt, now).run(task, program);
        } catch (LostException | RegroupException ended) {
          if (program.progress() > before) {
            idle = 0;
          } else if (ended instanceof LostException) { // Who regroups in good order has a bound.
            idle++;
          }
          if (idle >= settings.maxAttempts()) {
            throw new ExecutorsLostException(
                "gave up after %d attempts in which executors were lost, without a new checkpoint (gang.max-attempts); the last one ended because: %s"
                    .formatted(idle, ended.getMessage()),
                ended);
          }
          say.accept(
              "Attempt %d ended: %s. Waiting for %d executors, then continuing from the last checkpoint."
                  .formatted(attempt, ended.getMessage(), size));
        }
        now = muster.regroup(size, settings);
        if (now < size) {
          say.accept(
              "Going on with %d of %d executors, since no more have come within gang.replacement-wait = %.1f s."
                  .formatted(now, size, settings.replacementWait().toMillis() / 1e3));
        }
      }
    } finally {
      spark.sc().removeSparkListener(condemned);
    }
  }

  /** Has Spark replace an executor that does not answer. */
  void kill(String executor) {
    condemned.kill(executor, muster.present());
  }

  long nativeBytes(int executors) {
    return nativeBytes.applyAsLong(executors);
  }

  /** Counts no more on an executor that is about to end. */
  void forgo(String executor) {
    condemned.add(executor);
  }

  void say(String sentence) {
    say.accept(sentence);
  }

  JavaSparkContext spark() {
    return spark;
  }

  GangSettings settings() {
    return settings;
  }

  ExchangeSettings wire() {
    return wire;
  }

  AttemptKeys.OfRun keys() {
    return keys;
  }
}
