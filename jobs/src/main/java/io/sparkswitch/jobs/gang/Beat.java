package io.sparkswitch.jobs.gang;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkEnv;

/**
 * What a heartbeat says of its rank.
 *
 * @param executor Spark's id of the executor
 * @param host where it runs
 * @param log where it writes what went wrong: a file on its host, or an address
 * @param doing the phase it is in
 * @param leaving whether its process was told to end
 */
record Beat(String executor, String host, String log, String doing, boolean leaving) {
  private static final String LOG = "stderr";

  /** Where Spark tells executors the address of their log. */
  private static final String LOG_VARIABLE = "SPARK_LOG_URL_STDERR";

  /** Of this process. */
  static Beat here() {
    Path file = Path.of(LOG).toAbsolutePath();
    String url = System.getenv(LOG_VARIABLE);
    return new Beat(
        SparkEnv.get().executorId(),
        SparkEnv.get().blockManager().blockManagerId().host(),
        Files.exists(file) || url == null ? file.toString() : url,
        RankPhase.START.toString(),
        false);
  }

  Beat doing(String what, boolean isLeaving) {
    return new Beat(executor, host, log, what, isLeaving);
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(executor);
      out.writeUTF(host);
      out.writeUTF(log);
      out.writeUTF(doing);
      out.writeBoolean(leaving);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static Beat of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return new Beat(in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(), in.readBoolean());
    } catch (IOException e) {
      throw new UncheckedIOException("a heartbeat was cut short", e);
    }
  }
}
