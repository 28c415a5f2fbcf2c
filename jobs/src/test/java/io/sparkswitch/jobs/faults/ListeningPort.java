package io.sparkswitch.jobs.faults;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Sockets of this process that listen, as Linux tells of them. */
final class ListeningPort {
  private static final Path OWN = Path.of("/proc/self");
  private static final String LISTENS = "0A";
  private static final Duration BOUND = Duration.ofSeconds(30);

  private ListeningPort() {}

  /** Has the next socket that begins to listen refuse all connections; returns at once. */
  static void shutNext() throws IOException {
    Set<String> before = listening().keySet();
    Thread watch = new Thread(() -> shutAnother(before), "shut-port");
    watch.setDaemon(true);
    watch.start();
  }

  private static void shutAnother(Set<String> before) {
    long end = System.nanoTime() + BOUND.toNanos();
    try {
      while (System.nanoTime() < end) {
        Map<String, Integer> now = listening();
        now.keySet().removeAll(before);
        for (int descriptor : now.values()) {
          new Socket(descriptor).shutdown(true, true);
          return;
        }
        LockSupport.parkNanos(100_000);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** File descriptors by inode. */
  private static Map<String, Integer> listening() throws IOException {
    Set<String> inodes = new HashSet<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      for (String line : Files.readAllLines(OWN.resolve(table))) {
        String[] words = line.trim().split("\\s+");
        if (words[3].equals(LISTENS)) {
          inodes.add("socket:[%s]".formatted(words[9]));
        }
      }
    }
    Map<String, Integer> all = new HashMap<>();
    try (Stream<Path> descriptors = Files.list(OWN.resolve("fd"))) {
      for (Path descriptor : descriptors.toList()) {
        String target;
        try {
          target = Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
          continue; // it was closed meanwhile
        }
        if (inodes.contains(target)) {
          all.put(target, Integer.parseInt(descriptor.getFileName().toString()));
        }
      }
    }
    return all;
  }
}
