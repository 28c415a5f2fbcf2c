package io.sparkswitch.data.pipeline.cut;

import io.sparkswitch.data.pipeline.duplicate.DeduplicationRequest;
import io.sparkswitch.data.pipeline.folder.IngestPlan.PlannedSource;
import io.sparkswitch.data.pipeline.folder.Quarantine;
import io.sparkswitch.data.pipeline.folder.UrlHash;
import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.data.shard.DocumentCounts;
import io.sparkswitch.data.shard.SegmentIds;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardSource;
import io.sparkswitch.data.shard.SourceEntry;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.Document;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.source.Languages;
import io.sparkswitch.data.source.SourceRecord;
import io.sparkswitch.data.source.read.CorpusReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;

/**
 * The unit of work: one source file to one shard a language. Streams; holds one document, one
 * segment and one row group of each language. A task that runs twice makes the same files.
 */
public final class ShardTask implements AutoCloseable {
  private static final Pattern LANGUAGE = Pattern.compile("[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*");
  private static final int DIGEST_CHARACTERS = 12;

  private final Workshop workshop;
  private final PlannedSource source;
  private final DocumentSieve sieve;
  private final Map<String, LanguageShard> shards = new LinkedHashMap<>();

  /**
   * What all tasks share.
   *
   * @param folder the shard folder
   * @param conf Hadoop's settings
   * @param recipe how shards are made
   * @param batch number of the ingest batch
   * @param encoder text to token ids, {@code <int32>[length]}
   * @param excluded hashes of addresses that are taken down, sorted
   * @param duplicates the decisions on what the corpus has more than once, if any were made
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Workshop(
      Path folder,
      Configuration conf,
      Recipe recipe,
      int batch,
      Function<String, int[]> encoder,
      long[] excluded,
      Optional<DeduplicationRequest> duplicates) {}

  private ShardTask(Workshop workshop, PlannedSource source) throws IOException {
    this.workshop = workshop;
    this.source = source;
    this.sieve = DocumentSieve.open(workshop, source.number());
  }

  /** Makes the shards of a source file; they count once the entry is written. */
  public static SourceEntry run(Workshop workshop, PlannedSource source) throws IOException {
    CorpusFile file = source.file();
    try (CorpusReader reader = CorpusReader.open(file, workshop.conf());
        Quarantine quarantine = new Quarantine(workshop.folder(), workshop.conf(), file.path());
        ShardTask task = new ShardTask(workshop, source)) {
      while (reader.hasNext()) {
        SourceRecord record = reader.next();
        if (record instanceof SourceRecord.Kept document) {
          task.add(document.position(), document.document());
        } else if (record instanceof SourceRecord.Malformed malformed) {
          quarantine.add(malformed);
        }
      }
      long read = reader.documents() + reader.malformed();
      ShardSource origin = new ShardSource(file.path(), file.bytes(), reader.drainAndDigest());
      if (reader.bytesRead() != file.bytes()) {
        throw new InputException(
            "%s had %d bytes when it was listed and has %d now: leave it alone while preparing, and start again"
                .formatted(file.path(), file.bytes(), reader.bytesRead()));
      }
      return task.finish(read, origin, quarantine);
    }
  }

  private void add(long position, Document document) throws IOException {
    Optional<Document> kept = sieve.apply(position, document);
    if (kept.isPresent()) {
      String text = kept.get().text();
      int[] tokens = workshop.encoder().apply(text);
      long bytes = Text.utf8Length(text);
      shard(kept.get().language())
          .cutter()
          .add(tokens, position, UrlHash.of(document.url()), bytes);
    }
  }

  /** Languages become names of folders, and a document can claim anything. */
  private LanguageShard shard(String claimed) throws IOException {
    String language = LANGUAGE.matcher(claimed).matches() ? claimed : Languages.UNKNOWN;
    LanguageShard shard = shards.get(language);
    if (shard == null) {
      if (shards.size() == SegmentIds.SLOTS) {
        throw new InputException(
            "%s holds documents in more than %d languages: split it"
                .formatted(source.file().path(), SegmentIds.SLOTS));
      }
      shard =
          LanguageShard.create(
              language,
              source.number(),
              shards.size(),
              workshop.folder(),
              workshop.conf(),
              workshop.recipe());
      shards.put(language, shard);
    }
    return shard;
  }

  private SourceEntry finish(long read, ShardSource origin, Quarantine quarantine)
      throws IOException {
    String stem = stem(origin);
    List<ShardFile> files = new ArrayList<>();
    for (LanguageShard shard : shards.values()) {
      files.add(shard.finish(language -> ShardFile.nameOf(language, stem)));
    }
    DocumentCounts counts = sieve.counts(read, quarantine.records());
    return new SourceEntry(
        source.number(), workshop.batch(), origin, counts, quarantine.finish(stem), files);
  }

  /** The source's name and a digest of all that the shards' content depends on. */
  private String stem(ShardSource origin) {
    String made =
        String.join(
            "\n",
            origin.toString(),
            Integer.toString(source.number()),
            workshop.recipe().toMap().toString(),
            sieve.excluded().toString());
    String digest = Digests.of(made.getBytes(StandardCharsets.UTF_8));
    return "%s-%s"
        .formatted(
            source
                .file()
                .name()
                .replaceFirst("\\.(json|jsonl|ndjson|txt|parquet|warc)(\\..*)?$", ""),
            digest.substring(0, DIGEST_CHARACTERS));
  }

  @Override
  public void close() throws IOException {
    sieve.close();
    for (LanguageShard shard : shards.values()) {
      shard.close();
    }
  }
}
