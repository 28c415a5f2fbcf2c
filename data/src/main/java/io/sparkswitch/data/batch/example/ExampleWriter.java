package io.sparkswitch.data.batch.example;

import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.data.source.pair.TextPair;
import io.sparkswitch.data.token.Vocabulary;
import io.sparkswitch.data.token.VocabularySpec;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Tokenises examples into the file that {@link ExampleFile} reads. */
final class ExampleWriter implements AutoCloseable {
  private final Vocabulary vocabulary;
  private final MessageDigest digest = Digests.sha256();
  private final DataOutputStream out;
  private final List<Long> blocks = new ArrayList<>();
  private final SortedMap<Integer, Long> inputLengths = new TreeMap<>();
  private final SortedMap<Integer, Long> targetLengths = new TreeMap<>();
  private long targetBytes;
  private long bytes;
  private long count;

  ExampleWriter(Path file, Vocabulary vocabulary, Configuration conf) throws IOException {
    this.vocabulary = vocabulary;
    this.out =
        new DataOutputStream(
            new BufferedOutputStream(
                new DigestOutputStream(file.getFileSystem(conf).create(file, true), digest)));
  }

  /**
   * @throws IllegalArgumentException if a text names a sentinel that no vocabulary has
   */
  void write(TextPair pair) throws IOException {
    int[] inputs = ended(pair.inputs());
    int[] targets = ended(pair.targets());
    if (count % ExampleFile.BLOCK == 0) {
      blocks.add(bytes);
    }
    put(inputs);
    put(targets);
    inputLengths.merge(inputs.length, 1L, Long::sum);
    targetLengths.merge(targets.length, 1L, Long::sum);
    targetBytes += pair.targets().getBytes(StandardCharsets.UTF_8).length;
    count++;
  }

  long count() {
    return count;
  }

  ExampleManifest finish(String madeFrom) throws IOException {
    out.close();
    return new ExampleManifest(
        ExampleManifest.FORMAT_VERSION,
        madeFrom,
        vocabulary.spec(),
        targetBytes,
        bytes,
        HexFormat.of().formatHex(digest.digest()),
        blocks,
        inputLengths,
        targetLengths);
  }

  private int[] ended(String text) {
    int[] tokens = vocabulary.encodeWithSentinels(text);
    int[] ended = Arrays.copyOf(tokens, tokens.length + 1);
    ended[tokens.length] = VocabularySpec.EOS;
    return ended;
  }

  private void put(int[] tokens) throws IOException {
    out.writeInt(tokens.length);
    for (int token : tokens) {
      out.writeInt(token);
    }
    bytes += Integer.BYTES * (1L + tokens.length);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
