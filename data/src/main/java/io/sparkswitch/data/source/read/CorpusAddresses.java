package io.sparkswitch.data.source.read;

import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.source.SourceRecord;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;

/** Finds the addresses of documents whose places in a corpus file are known. */
public final class CorpusAddresses {
  private CorpusAddresses() {}

  /**
   * Addresses by place; reads the file as far as the last place.
   *
   * @param places {@linkplain SourceRecord#position positions} in the file
   * @return without those places where there is no document, or one without address
   * @throws InputException if there is no such file
   */
  public static Map<Long, String> at(CorpusFile file, Collection<Long> places, Configuration conf) {
    TreeSet<Long> missing = new TreeSet<>(places);
    Map<Long, String> addresses = new TreeMap<>();
    try (CorpusReader reader = CorpusReader.open(file, conf)) {
      while (!missing.isEmpty() && reader.hasNext()) {
        SourceRecord record = reader.next();
        if (missing.remove(record.position())
            && record instanceof SourceRecord.Kept kept
            && !kept.document().url().isEmpty()) {
          addresses.put(record.position(), kept.document().url());
        }
      }
    }
    return addresses;
  }
}
