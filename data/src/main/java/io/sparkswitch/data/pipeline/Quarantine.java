package io.sparkswitch.data.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
 * Malformed lines kept aside as gzip JSON lines {@code {file, line, reason, content}}, or {@code
 * contentBase64} where the bytes are not UTF-8. There is a file only if there was such a line.
 */
final class Quarantine implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final Configuration conf;
  private final String source;
  private OutputStream out;
  private long lines;

  Quarantine(Path path, Configuration conf, String source) {
    this.path = path;
    this.conf = conf;
    this.source = source;
  }

  void add(SourceRecord.Malformed malformed) throws IOException {
    if (out == null) {
      out = new GZIPOutputStream(path.getFileSystem(conf).create(path, false));
    }
    ObjectNode line = JSON.createObjectNode();
    line.put("file", source);
    line.put("line", malformed.position());
    line.put("reason", malformed.reason());
    putContent(line, malformed.content());
    out.write(JSON.writeValueAsBytes(line));
    out.write('\n');
    lines++;
  }

  long lines() {
    return lines;
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
