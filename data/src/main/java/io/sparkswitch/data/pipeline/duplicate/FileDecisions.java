package io.sparkswitch.data.pipeline.duplicate;

import io.sparkswitch.data.clean.SentenceSpans;
import io.sparkswitch.data.clean.SpanCut;
import io.sparkswitch.data.source.Document;
import io.sparkswitch.data.source.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/**
 * Carries out the decisions of {@link CorpusDeduplication} on one file of the batch, in the order
 * of its lines; holds one decision at a time. For one thread.
 */
public final class FileDecisions implements AutoCloseable {
  private final long file;
  private final SpanCut cut;
  private final int sentences;
  private final Configuration conf;
  private final Iterator<Path> parts;
  private ParquetReader<Group> reader;
  private Group pending;

  private FileDecisions(
      Iterator<Path> parts, Configuration conf, long file, SpanCut cut, int sentences)
      throws IOException {
    this.parts = parts;
    this.conf = conf;
    this.file = file;
    this.cut = cut;
    this.sentences = sentences;
    advance();
  }

  /**
   * Opens the decisions on one file.
   *
   * @param request what was asked when they were made
   * @param file ordinal of the file; one without decisions is left as it is
   * @param sentences that must be left of a document that loses spans
   * @throws InputException if there are no decisions at all
   */
  public static FileDecisions open(
      DeduplicationRequest request, long file, int sentences, Configuration conf)
      throws IOException {
    Path all = new Path(request.decisions());
    FileSystem files = all.getFileSystem(conf);
    if (!files.exists(all)) {
      throw new InputException(
          "decisions %s do not exist: deduplicate ingest batch %d first"
              .formatted(all, request.batch()));
    }
    return new FileDecisions(
        parts(files, new Path(all, "file=" + file)), conf, file, request.cut(), sentences);
  }

  private static Iterator<Path> parts(FileSystem files, Path folder) throws IOException {
    FileStatus[] found;
    try {
      found = files.listStatus(folder);
    } catch (FileNotFoundException e) {
      return Collections.emptyIterator();
    }
    return Arrays.stream(found)
        .map(FileStatus::getPath)
        .filter(path -> path.getName().endsWith(".parquet"))
        .sorted()
        .iterator();
  }

  /**
   * What is left of the document at a line; lines must ascend.
   *
   * @throws IllegalStateException if a decision on an earlier line was passed over: then the
   *     documents are not those that were decided on
   */
  public Optional<Document> apply(long line, Document document) throws IOException {
    if (pending == null || line() > line) {
      return Optional.of(document);
    }
    if (line() < line) {
      throw new IllegalStateException(
          "file %d: line %d comes after line %d, on which there is a decision: clean as before the decisions, or decide anew"
              .formatted(file, line, line()));
    }
    Group decision = pending;
    advance();
    return decision.getBoolean("url_duplicate", 0)
        ? Optional.empty()
        : SentenceSpans.of(document, cut).without(spans(decision), sentences);
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
    }
  }

  private long line() {
    return pending.getLong("line", 0);
  }

  private void advance() throws IOException {
    pending = reader == null ? null : reader.read();
    while (pending == null && parts.hasNext()) {
      close();
      reader = ParquetReader.builder(new GroupReadSupport(), parts.next()).withConf(conf).build();
      pending = reader.read();
    }
  }

  private static Set<Integer> spans(Group decision) {
    Group list = decision.getGroup("spans", 0);
    Set<Integer> spans = new HashSet<>();
    for (int i = 0; i < list.getFieldRepetitionCount("list"); i++) {
      spans.add(list.getGroup("list", i).getInteger("element", 0));
    }
    return spans;
  }
}
