package io.sparkswitch.data.pipeline.folder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkswitch.data.shard.WholeFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The right to write to a folder of shards or of a run: {@code _lease.json}, renewed by its holder
 * while it works. A lease that was not renewed for {@link #STALE} is taken over, and at once if its
 * holder was a process of this machine that is gone.
 *
 * <p>Concurrency: one background thread renews; what reads the file waits until it is written.
 */
public final class Lease implements AutoCloseable {
  public static final String FILE = "_lease.json";
  static final Duration RENEWAL = Duration.ofSeconds(10);
  static final Duration STALE = Duration.ofSeconds(60);
  private static final Duration WATCH = Duration.ofSeconds(1);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final Configuration conf;
  private final Clock clock;
  private Holder self;
  private final ScheduledExecutorService renewal =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "sparkswitch-lease");
            thread.setDaemon(true);
            return thread;
          });
  private volatile boolean lost;

  /**
   * Who holds a lease.
   *
   * @param id of this holding, unlike all others
   * @param name for people: user, verb or application
   * @param host where its driver runs
   * @param processes in which its process ids are unique: a container's, for example
   * @param process id of the driver's process
   * @param since when it began, ISO 8601
   * @param renewedAt milliseconds since 1970
   * @param attempt of a gang that it is at; null where there is none
   */
  record Holder(
      String id,
      String name,
      String host,
      String processes,
      long process,
      String since,
      long renewedAt,
      Integer attempt) {
    static final Holder UNKNOWN =
        new Holder("", "somebody", "some host", "", 0, "just now", 0, null);

    Holder renewed(long now) {
      return new Holder(id, name, host, processes, process, since, now, attempt);
    }

    Holder at(int number) {
      return new Holder(id, name, host, processes, process, since, renewedAt, number);
    }
  }

  private Lease(Path file, Configuration conf, Clock clock, Holder self) {
    this.file = file;
    this.conf = conf;
    this.clock = clock;
    this.self = self;
  }

  /**
   * Takes the lease of a folder.
   *
   * @param name of the holder, for people
   * @param say is told if a stale lease was taken over
   * @throws LeaseHeldException if somebody else works there
   */
  public static Lease acquire(
      Path folder, Configuration conf, String name, Clock clock, Consumer<String> say)
      throws IOException {
    Path file = new Path(folder, FILE);
    Lease lease = new Lease(file, conf, clock, self(name, clock));
    if (!lease.create()) {
      Optional<Holder> other = lease.read();
      if (other.map(lease::isAlive).orElseGet(lease::wasJustWritten)) {
        throw new LeaseHeldException(folder, other.orElse(Holder.UNKNOWN), clock.millis());
      }
      say.accept(
          "Taking over %s from %s, which stopped without giving it back."
              .formatted(folder, other.map(Lease::describe).orElse("a run killed at its start")));
      file.getFileSystem(conf).delete(file, false);
      if (!lease.create()) {
        throw new LeaseHeldException(folder, lease.read().orElse(Holder.UNKNOWN), clock.millis());
      }
    }
    lease.renewal.scheduleAtFixedRate(
        lease::renew, RENEWAL.toMillis(), RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
    return lease;
  }

  /**
   * As {@link #acquire}, but where nobody can tell whether the holder lives, because it was on
   * another machine, watches for at most {@link #STALE} whether it renews: a cluster starts a lost
   * driver anew sooner than that.
   */
  public static Lease acquireWatching(
      Path folder, Configuration conf, String name, Clock clock, Consumer<String> say)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + STALE.toNanos();
    Holder seen = null;
    while (true) {
      try {
        return acquire(folder, conf, name, clock, say);
      } catch (LeaseHeldException held) {
        Holder holder = held.holder();
        boolean renews = seen != null && !seen.equals(holder);
        if (isHere(holder) || renews) {
          throw held;
        }
        if (seen == null) {
          say.accept(
              "%s has the lease of %s: watching for %d s whether it is alive."
                  .formatted(describe(holder), folder, STALE.toSeconds()));
        }
        seen = holder;
        if (System.nanoTime() > deadline) {
          // The clocks of two machines may differ; that it did not renew is what counts.
          new Path(folder, FILE).getFileSystem(conf).delete(new Path(folder, FILE), false);
        }
        Thread.sleep(WATCH.toMillis());
      }
    }
  }

  /** Tells the attempt that the holder is at, with the next renewal. */
  public synchronized void at(int attempt) {
    self = self.at(attempt);
  }

  /**
   * To be asked before each commit.
   *
   * @throws LeaseHeldException if the lease was taken over by somebody else
   */
  public synchronized void requireHeld() throws IOException {
    Optional<Holder> now = read();
    if (lost || now.isEmpty() || !now.get().id().equals(self.id())) {
      throw new LeaseHeldException(file.getParent(), now.orElse(Holder.UNKNOWN), clock.millis());
    }
  }

  /** Gives the lease back, unless it is somebody else's by now. */
  @Override
  public synchronized void close() throws IOException {
    renewal.shutdownNow();
    if (read().filter(holder -> holder.id().equals(self.id())).isPresent()) {
      file.getFileSystem(conf).delete(file, false);
    }
  }

  static String describe(Holder holder) {
    String attempt = holder.attempt() == null ? "" : ", attempt " + holder.attempt();
    return "%s on %s (process %d, since %s%s)"
        .formatted(holder.name(), holder.host(), holder.process(), holder.since(), attempt);
  }

  private boolean create() throws IOException {
    return WholeFile.writeAlone(file, conf, JSON.writeValueAsBytes(self.renewed(clock.millis())));
  }

  synchronized void renew() {
    try {
      if (read().filter(holder -> holder.id().equals(self.id())).isEmpty()) {
        lost = true;
        renewal.shutdown();
        return;
      }
      // Never absent, not even for a moment; whoever reads half of it goes by the file's date.
      try (FSDataOutputStream out = file.getFileSystem(conf).create(file, true)) {
        out.write(JSON.writeValueAsBytes(self.renewed(clock.millis())));
      }
    } catch (IOException e) {
      // The next renewal tries again; after STALE somebody else may take over, and commits check.
    }
  }

  private Optional<Holder> read() throws IOException {
    try {
      Optional<byte[]> content = WholeFile.read(file, conf);
      return content.isEmpty()
          ? Optional.empty()
          : Optional.of(JSON.readValue(content.get(), Holder.class));
    } catch (JsonProcessingException | ChecksumException e) {
      return Optional.empty(); // being written by somebody else, or by nobody any more
    }
  }

  /** For a lease that cannot be read, because it is being written or its writer was killed. */
  private boolean wasJustWritten() {
    try {
      FileStatus status = file.getFileSystem(conf).getFileStatus(file);
      return clock.millis() - status.getModificationTime() < STALE.toMillis();
    } catch (FileNotFoundException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private boolean isAlive(Holder holder) {
    boolean fresh = clock.millis() - holder.renewedAt() < STALE.toMillis();
    boolean gone = isHere(holder) && ProcessHandle.of(holder.process()).isEmpty();
    return fresh && !gone;
  }

  /** Whether its process can be looked for from this one. */
  private static boolean isHere(Holder holder) {
    return holder.host().equals(host()) && holder.processes().equals(processes());
  }

  private static String processes() {
    try {
      return Files.readSymbolicLink(java.nio.file.Path.of("/proc/self/ns/pid")).toString();
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown-" + ManagementFactory.getRuntimeMXBean().getName();
    }
  }

  private static Holder self(String name, Clock clock) {
    return new Holder(
        UUID.randomUUID().toString(),
        name,
        host(),
        processes(),
        ProcessHandle.current().pid(),
        Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString(),
        clock.millis(),
        null);
  }
}
