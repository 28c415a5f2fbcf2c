package io.sparkswitch.jobs;

import io.sparkswitch.data.pipeline.folder.UrlHash;
import io.sparkswitch.data.shard.DocumentSpan;
import io.sparkswitch.data.shard.ShardSource;
import io.sparkswitch.data.source.Corpus;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.Split;
import io.sparkswitch.data.source.read.CorpusAddresses;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;

/**
 * Addresses of the documents that shards hold only the hashes of, read again from the corpus. One
 * counts only if it has the hash that the shards have.
 */
final class SourceAddresses {
  private final Map<String, Map<Long, String>> byPath;

  private SourceAddresses(Map<String, Map<Long, String>> byPath) {
    this.byPath = byPath;
  }

  static SourceAddresses none() {
    return new SourceAddresses(Map.of());
  }

  /**
   * Reads those files of a corpus that are wanted, several at a time.
   *
   * @param corpus the folder; where it lies may have changed, but not the names of its files
   * @param wanted documents by their source
   * @param say is told which files are not as they were
   */
  static SourceAddresses read(
      String corpus,
      Map<ShardSource, ? extends Collection<DocumentSpan>> wanted,
      Configuration hadoop,
      Consumer<String> say) {
    List<CorpusFile> files = Corpus.files(corpus, hadoop, Split.TRAIN);
    Map<ShardSource, CorpusFile> present = new HashMap<>();
    for (ShardSource source : wanted.keySet()) {
      find(source, files)
          .ifPresentOrElse(
              file -> present.put(source, file),
              () ->
                  say.accept(
                      "%s does not hold %s of %,d bytes: addresses of its documents stay unknown"
                          .formatted(corpus, source.path(), source.bytes())));
    }
    Map<String, Map<Long, String>> byPath = new ConcurrentHashMap<>();
    present.entrySet().parallelStream()
        .forEach(
            entry -> {
              List<Long> places =
                  wanted.get(entry.getKey()).stream().map(DocumentSpan::place).toList();
              byPath.put(
                  entry.getKey().path(), CorpusAddresses.at(entry.getValue(), places, hadoop));
            });
    return new SourceAddresses(byPath);
  }

  /** The address of a document of a source; empty if it was not found. */
  Optional<String> of(ShardSource source, DocumentSpan document) {
    return Optional.ofNullable(byPath.getOrDefault(source.path(), Map.of()).get(document.place()))
        .filter(address -> UrlHash.of(address) == document.urlHash());
  }

  /** The file at the same place, or the only one of its name and length. */
  private static Optional<CorpusFile> find(ShardSource source, List<CorpusFile> files) {
    String name = source.path().substring(source.path().lastIndexOf('/') + 1);
    List<CorpusFile> alike =
        files.stream()
            .filter(file -> file.name().equals(name) && file.bytes() == source.bytes())
            .toList();
    return alike.stream()
        .filter(file -> alike.size() == 1 || file.path().equals(source.path()))
        .findFirst();
  }
}
