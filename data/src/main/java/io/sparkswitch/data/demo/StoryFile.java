package io.sparkswitch.data.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkswitch.data.demo.DemoCorpusSummary.CorpusFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * One gzipped file of JSON lines: file {@code number} of {@code count} holds the stories {@code
 * number}, {@code number + count}, … until it holds {@code textBytes} of text.
 */
record StoryFile(Split split, int number, int count, long textBytes) {
  private static final int BUFFER = 1 << 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** C4's name, below the corpus folder. */
  String path() {
    return "en/c4-%s.%05d-of-%05d.json.gz".formatted(split.label(), number, count);
  }

  /**
   * Writes the file, over one of the same name. The same bytes each time: no time in the header.
   */
  CorpusFile write(FileSystem files, Path folder, Storyteller storyteller) throws IOException {
    Path path = new Path(folder, path());
    MessageDigest digest = sha256();
    long documents = 0;
    long bytes = 0;
    try (OutputStream file = new DigestOutputStream(files.create(path, true), digest);
        OutputStream lines = new GZIPOutputStream(file, BUFFER)) {
      while (bytes < textBytes) {
        Story story = storyteller.tell(split, number + documents * count);
        lines.write(JSON.writeValueAsBytes(story));
        lines.write('\n');
        bytes += story.text().getBytes(StandardCharsets.UTF_8).length;
        documents++;
      }
    }
    long length = files.getFileStatus(path).getLen();
    return new CorpusFile(
        path(), documents, bytes, length, HexFormat.of().formatHex(digest.digest()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
