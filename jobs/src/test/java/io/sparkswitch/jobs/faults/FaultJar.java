package io.sparkswitch.jobs.faults;

import io.sparkswitch.jobs.gang.PhaseListener;
import io.sparkswitch.model.exchange.BadPeer;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** The jar that brings faults into executors: it offers them {@link FaultInjector} as a service. */
public final class FaultJar {
  private FaultJar() {}

  /** Writes the jar. */
  public static Path write(Path file) throws IOException {
    try (OutputStream bytes = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(bytes)) {
      for (Class<?> type :
          List.of(Fault.class, FaultInjector.class, ListeningPort.class, BadPeer.class)) {
        add(jar, type);
      }
      jar.putNextEntry(new ZipEntry("META-INF/services/" + PhaseListener.class.getName()));
      jar.write(FaultInjector.class.getName().getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }

  /** A class and those within it. */
  private static void add(JarOutputStream jar, Class<?> type) throws IOException {
    URL url = type.getResource(type.getSimpleName() + ".class");
    File folder;
    try {
      folder = Path.of(url.toURI()).getParent().toFile();
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
    String name = type.getSimpleName();
    for (File file : folder.listFiles()) {
      if (file.getName().equals(name + ".class") || file.getName().startsWith(name + "$")) {
        String entry = type.getPackageName().replace('.', '/') + "/" + file.getName();
        jar.putNextEntry(new ZipEntry(entry));
        jar.write(Files.readAllBytes(file.toPath()));
      }
    }
  }
}
