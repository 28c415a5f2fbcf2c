package io.sparkswitch.model.checkpoint;

import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process' shard of a checkpoint, copied and written while training goes on. The copies live as
 * long as this, so that their memory is taken once.
 *
 * <p>Concurrency: its methods belong to one thread; copying and writing happen on another, which is
 * its own. The tensors given may be read by anybody, and changed once {@link #awaitCopy} returns.
 */
public final class BackgroundShard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundShard.class);
  private static final Duration END = Duration.ofSeconds(30);

  /**
   * Is told of each shard.
   *
   * <p>Concurrency: the thread that writes calls, and waits.
   */
  public interface Listener {
    /** Tells nobody. */
    Listener NONE =
        new Listener() {
          @Override
          public void writes(long step) {}

          @Override
          public void ended(long step) {}
        };

    /** The file is open, and nothing but its header in it. */
    void writes(long step);

    /** It is written, or never will be. */
    void ended(long step);
  }

  private final CheckpointFolder folder;
  private final int attempt;
  private final String name;
  private final Listener listener;
  private final ExecutorService thread;
  private final Map<String, Tensor> copies = new LinkedHashMap<>();
  private long step;
  private Future<?> copying;
  private Future<Shard> writing;
  private Duration held = Duration.ZERO;
  private volatile boolean finite;
  private volatile boolean closed;

  /** One of which nobody is told. */
  public BackgroundShard(CheckpointFolder folder, int attempt, String name) {
    this(folder, attempt, name, Listener.NONE);
  }

  /**
   * @param name of the shard, without the attempt's number
   */
  public BackgroundShard(CheckpointFolder folder, int attempt, String name, Listener listener) {
    this.folder = folder;
    this.attempt = attempt;
    this.name = name;
    this.listener = listener;
    this.thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread own = new Thread(work, "sparkswitch-checkpoint-" + name);
              own.setDaemon(true);
              return own;
            });
  }

  /**
   * Begins to copy and write.
   *
   * @param tensors at least one, contiguous, the same names and shapes each time
   * @throws IllegalStateException if the shard before is still being written
   */
  public void begin(long ofStep, Map<String, Tensor> tensors) {
    if (writing != null && !writing.isDone()) {
      throw new IllegalStateException(
          "%s of step %d is still being written: step %d must wait for it"
              .formatted(name, step, ofStep));
    }
    long startedAt = System.nanoTime();
    step = ofStep;
    Future<?> copied = thread.submit(() -> copy(tensors));
    copying = copied;
    writing = thread.submit(() -> write(ofStep, copied));
    held = Duration.ofNanos(System.nanoTime() - startedAt);
  }

  /**
   * Returns when the tensors may be changed, at once if nothing was begun.
   *
   * @throws IOException if they could not be copied
   */
  public void awaitCopy() throws IOException {
    if (copying == null) {
      return;
    }
    long startedAt = System.nanoTime();
    boolean copied = outcome(copying, END).isPresent();
    held = held.plusNanos(System.nanoTime() - startedAt);
    if (!copied) {
      throw new IOException(
          "%s of step %d was not copied in %d s: its writer hangs"
              .formatted(name, step, END.toSeconds()));
    }
    copying = null;
  }

  /** How long the calls for the shard begun last kept who trains from training. */
  public Duration held() {
    return held;
  }

  /**
   * The shard's entry for the manifest; empty while it is being written.
   *
   * @param patience how long to wait for it
   * @throws IOException if it could not be written, naming it and the cause
   */
  public Optional<Shard> written(Duration patience) throws IOException {
    if (writing == null) {
      throw new IllegalStateException(name + ": nothing was begun");
    }
    return outcome(writing, patience).map(done -> done.value);
  }

  /** Whether every entry of the shard {@link #written} last is finite. */
  public boolean finite() {
    return finite;
  }

  private record Done<T>(T value) {}

  private <T> Optional<Done<T>> outcome(Future<T> future, Duration patience) throws IOException {
    try {
      return Optional.of(new Done<>(future.get(patience.toNanos(), TimeUnit.NANOSECONDS)));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IOException(
          "%s of step %d was not written: %s".formatted(name, step, e.getCause()), e.getCause());
    } catch (CancellationException e) {
      throw new IOException("%s of step %d was given up".formatted(name, step), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(
          "interrupted while waiting for %s of step %d".formatted(name, step));
    }
  }

  private void copy(Map<String, Tensor> tensors) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        Tensor copy = copies.get(entry.getKey());
        if (copy == null) {
          copies.put(entry.getKey(), Tensors.own(entry.getValue().detach().clone()));
        } else {
          copy.copy_(entry.getValue());
        }
      }
    }
  }

  private Shard write(long ofStep, Future<?> copied) throws IOException, InterruptedException {
    try {
      copied.get();
    } catch (ExecutionException e) {
      throw new IOException("it could not be copied: " + e.getCause(), e.getCause());
    }
    List<TensorSpec> specs;
    try (PointerScope scope = new PointerScope()) {
      specs = copies.entrySet().stream().map(e -> TensorSpec.of(e.getKey(), e.getValue())).toList();
    }
    String first = specs.get(0).name();
    finite = true;
    try {
      return folder.writeShard(
          ofStep,
          attempt,
          name,
          specs,
          spec -> {
            if (spec.name().equals(first)) {
              listener.writes(ofStep);
            }
            return copyUnlessClosed(spec);
          });
    } finally {
      listener.ended(ofStep);
    }
  }

  private Tensor copyUnlessClosed(TensorSpec spec) throws IOException {
    if (closed) {
      throw new InterruptedIOException("given up before " + spec.name());
    }
    Tensor copy = copies.get(spec.name());
    try (PointerScope scope = new PointerScope()) {
      // The least and the largest are not finite where any entry is not, and take no memory.
      finite =
          finite
              && (copy.numel() == 0
                  || Double.isFinite(copy.min().item_double())
                      && Double.isFinite(copy.max().item_double()));
    }
    return copy;
  }

  /** Gives up what is being written: without a manifest it is no checkpoint. */
  @Override
  public void close() {
    closed = true;
    thread.shutdownNow();
    boolean interrupted = Thread.interrupted();
    try {
      if (thread.awaitTermination(END.toNanos(), TimeUnit.NANOSECONDS)) {
        copies.values().forEach(Tensor::close);
      } else {
        LOG.warn(
            "{} of step {} is still being written {} s after it was given up; its copy stays in"
                + " memory",
            name,
            step,
            END.toSeconds());
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
