package io.sparkswitch.jobs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tensorflow.hadoop.util.TFRecordReader;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog.SessionStatus;
import org.tensorflow.proto.Summary;

/** TensorBoard's files, read by TensorFlow's own classes. */
public final class EventFiles {
  private EventFiles() {}

  /** The files of a run folder in the order TensorBoard reads them. */
  public static List<Path> in(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files.filter(f -> f.getFileName().toString().contains("tfevents")).sorted().toList();
    }
  }

  /** All events of a file; every checksum is compared. */
  public static List<Event> read(InputStream file) throws IOException {
    TFRecordReader reader = new TFRecordReader(file, true);
    List<Event> events = new ArrayList<>();
    for (byte[] record = reader.read(); record != null; record = reader.read()) {
      events.add(Event.parseFrom(record));
    }
    return events;
  }

  /** What TensorBoard shows of a tag: a start takes back what was said of its step and later. */
  public static TreeMap<Long, Float> scalar(Path run, String tag) throws IOException {
    TreeMap<Long, Float> shown = new TreeMap<>();
    for (Path file : in(run)) {
      try (InputStream in = Files.newInputStream(file)) {
        for (Event event : read(in)) {
          if (event.getSessionLog().getStatus() == SessionStatus.START) {
            shown.tailMap(event.getStep()).clear();
          }
          for (Summary.Value value : event.getSummary().getValueList()) {
            if (value.getTag().equals(tag)) {
              shown.put(event.getStep(), value.getSimpleValue());
            }
          }
        }
      }
    }
    return shown;
  }
}
