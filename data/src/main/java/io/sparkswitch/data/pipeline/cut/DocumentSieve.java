package io.sparkswitch.data.pipeline.cut;

import io.sparkswitch.data.clean.Cleaner;
import io.sparkswitch.data.clean.Outcome;
import io.sparkswitch.data.pipeline.duplicate.FileDecisions;
import io.sparkswitch.data.pipeline.folder.UrlHash;
import io.sparkswitch.data.shard.DocumentCounts;
import io.sparkswitch.data.source.Document;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is left of the documents of one source file: cleaned, without what the corpus has before,
 * and without those that are taken down. Counts what it drops.
 */
final class DocumentSieve implements AutoCloseable {
  /** The rule by which documents are taken down. */
  static final String EXCLUDED = "excluded-url";

  /** The rule by which copies of what came before go. */
  static final String DUPLICATE = "duplicate";

  private final Cleaner cleaner;
  private final Optional<FileDecisions> duplicates;
  private final long[] excluded;
  private final Map<String, Long> dropped = new TreeMap<>();
  private final Map<String, Long> linesDropped = new TreeMap<>();
  private final TreeSet<Long> excludedHere = new TreeSet<>();
  private long kept;

  private DocumentSieve(Cleaner cleaner, Optional<FileDecisions> duplicates, long[] excluded) {
    this.cleaner = cleaner;
    this.duplicates = duplicates;
    this.excluded = excluded;
  }

  /**
   * @param source number of the source file
   */
  static DocumentSieve open(ShardTask.Workshop workshop, int source) throws IOException {
    Cleaning cleaning = workshop.recipe().cleaning();
    Optional<FileDecisions> decisions = Optional.empty();
    if (workshop.duplicates().isPresent()) {
      int sentences = cleaning.settings().limits().sentences();
      decisions =
          Optional.of(
              FileDecisions.open(workshop.duplicates().get(), source, sentences, workshop.conf()));
    }
    return new DocumentSieve(cleaning.cleaner(), decisions, workshop.excluded());
  }

  /** What is left of the document at a place of the file; places must ascend. */
  Optional<Document> apply(long position, Document document) throws IOException {
    Outcome outcome = cleaner.clean(document);
    Optional<Document> unique = Optional.empty();
    if (outcome instanceof Outcome.Kept clean) {
      // Also for documents that are taken down: decisions are read in step with the file.
      unique =
          duplicates.isPresent()
              ? duplicates.get().apply(position, clean.document())
              : Optional.of(clean.document());
    }
    if (isExcluded(document)) {
      dropped.merge(EXCLUDED, 1L, Long::sum);
      return Optional.empty();
    }
    outcome.lines().dropped().forEach((rule, lines) -> linesDropped.merge(rule, lines, Long::sum));
    if (outcome instanceof Outcome.Dropped gone) {
      dropped.merge(gone.rule(), 1L, Long::sum);
    } else if (unique.isEmpty()) {
      dropped.merge(DUPLICATE, 1L, Long::sum);
    } else {
      kept++;
    }
    return unique;
  }

  /** Hashes of the excluded addresses that were met. */
  SortedSet<Long> excluded() {
    return excludedHere;
  }

  /**
   * @param read records of the file
   * @param quarantined those of them that hold no document
   */
  DocumentCounts counts(long read, long quarantined) {
    return new DocumentCounts(read, kept, quarantined, dropped, linesDropped);
  }

  @Override
  public void close() throws IOException {
    if (duplicates.isPresent()) {
      duplicates.get().close();
    }
  }

  private boolean isExcluded(Document document) {
    if (excluded.length == 0) {
      return false;
    }
    long hash = UrlHash.of(document.url());
    boolean found = hash != 0 && Arrays.binarySearch(excluded, hash) >= 0;
    if (found) {
      excludedHere.add(hash);
    }
    return found;
  }
}
