package io.sparkswitch.data.pipeline.folder;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.shard.WholeFile;
import io.sparkswitch.data.source.SourceRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Malformed records of one source file, kept aside in {@value #FOLDER} as gzip JSON lines {@code
 * {file, position, reason, content}}, or {@code contentBase64} where the bytes are not UTF-8. There
 * is a file only if there was such a record.
 */
public final class Quarantine implements AutoCloseable {
  public static final String FOLDER = "_quarantine";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final Configuration conf;
  private final String source;
  private final Path attempt;
  private OutputStream out;
  private long records;

  /**
   * @param folder the shard folder
   * @param source path of the source file
   */
  public Quarantine(Path folder, Configuration conf, String source) {
    this.folder = folder;
    this.conf = conf;
    this.source = source;
    this.attempt = WholeFile.attempt(folder, "quarantine");
  }

  public void add(SourceRecord.Malformed malformed) throws IOException {
    if (out == null) {
      out = new GZIPOutputStream(attempt.getFileSystem(conf).create(attempt, false));
    }
    ObjectNode line = JSON.createObjectNode();
    line.put("file", source);
    line.put("position", malformed.position());
    line.put("reason", malformed.reason());
    putContent(line, malformed.content());
    out.write(JSON.writeValueAsBytes(line));
    out.write('\n');
    records++;
  }

  public long records() {
    return records;
  }

  /** Closes the file and gives it its name, which is returned; empty if there was no record. */
  public String finish(String stem) throws IOException {
    if (out == null) {
      return "";
    }
    out.close();
    String name = "%s/%s.jsonl.gz".formatted(FOLDER, stem);
    WholeFile.move(attempt, new Path(folder, name), conf);
    return name;
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }

  private static void putContent(ObjectNode line, byte[] content) {
    try {
      line.put(
          "content",
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString());
    } catch (CharacterCodingException e) {
      line.put("contentBase64", content);
    }
  }
}
