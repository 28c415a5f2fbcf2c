package io.sparkswitch.data.source.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import io.sparkswitch.data.source.Corpus;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.Document;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.source.Split;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.BZip2Codec;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.DeflateCodec;
import org.apache.hadoop.util.ReflectionUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusReaderTest {
  private static final String EMPTY = "empty: the file holds no document";

  @TempDir Path folder;

  @Test
  void everyLineComesOutOnceKeptOrMalformed() throws IOException {
    ReadFile read =
        read("a.json.gz", ReadFile.gzip("{\"text\":\"one\"}\nnonsense\n\n{\"text\":\"two\"}"));

    assertThat(read.positions()).containsExactly(1L, 2L, 3L, 4L);
    assertThat(read.texts()).containsExactly("one", "two");
    assertThat(read.reasons()).hasSize(2).last().isEqualTo("empty line");
    assertThat(read.malformed().get(0).content()).asString().isEqualTo("nonsense");
  }

  @Test
  void theLanguageIsThatOfTheFileElseOfTheDocument() throws IOException {
    byte[] lines = ReadFile.utf8("{\"text\":\"a\",\"language\":\"de\"}\n{\"text\":\"a\"}\n");

    assertThat(read("c4-bg-Latn.tfrecord-0-of-1.json", lines).documents())
        .extracting(Document::language)
        .containsExactly("bg-Latn", "bg-Latn");
    assertThat(read("a.jsonl", lines).documents())
        .extracting(Document::language)
        .containsExactly("de", "und");
  }

  @Test
  void gzipMembersAreReadOneAfterTheOther() throws IOException {
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    for (int i = 0; i < 50; i++) {
      members.write(ReadFile.gzip("{\"text\":\"%d %s\"}\n".formatted(i, "x".repeat(5000))));
    }

    assertThat(read("a.json.gz", members.toByteArray()).texts()).hasSize(50);
  }

  @Test
  void whatFollowsAGzipMemberIsNotLostInSilence() throws IOException {
    byte[] member = ReadFile.gzip("{\"text\":\"a\"}\n");

    ReadFile garbage = read("a.json.gz", ReadFile.joined(member, ReadFile.utf8("garbage!")));
    assertThat(garbage.texts()).containsExactly("a");
    assertThat(garbage.reasons())
        .containsExactly("damaged or truncated: no gzip member at byte " + member.length);
    assertThat(garbage.positions()).containsExactly(1L, 2L);
    assertThat(read("a.json.gz", ReadFile.joined(member, new byte[512], member)).texts())
        .containsExactly("a", "a");
  }

  @Test
  void aTruncatedFileGivesWhatItHoldsAndOneDamagedRecord() throws IOException {
    byte[] whole = ReadFile.gzip(manyLines());

    ReadFile read = read("a.json.gz", Arrays.copyOf(whole, whole.length / 2));

    assertThat(read.texts()).hasSizeBetween(500, 1500);
    assertThat(read.reasons())
        .singleElement()
        .asString()
        .startsWith("damaged or truncated: gzip member at byte 0 is cut off");
    for (int missing = 1; missing < 30; missing++) {
      read = read("a.json.gz", Arrays.copyOf(whole, whole.length - missing));
      assertThat(read.reasons()).singleElement().asString().contains("is cut off");
    }
  }

  @Test
  void noFlippedBitOfAGzipFileGoesUnnoticed() throws IOException {
    byte[] whole = ReadFile.gzip(manyLines());
    List<String> texts = read("a.json.gz", whole).texts();
    Random random = new Random(1);
    int told = 0;
    for (int trial = 0; trial < 300; trial++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));

      ReadFile read = read("a.json.gz", damaged);

      assertThat(read.reasons().isEmpty()).isEqualTo(read.texts().equals(texts));
      told += read.reasons().isEmpty() ? 0 : 1;
    }
    assertThat(told).isGreaterThan(290);
  }

  @Test
  void whatIsPackedIsToldByTheBytesAndNotByTheName() throws IOException {
    byte[] line = ReadFile.utf8("{\"text\":\"a\"}");
    for (String name : new String[] {"a.json", "a.json.gz", "a.jsonl.bz2", "a.jsonl.zst"}) {
      assertThat(read(name, line).texts()).containsExactly("a");
      assertThat(read(name, ReadFile.gzip(line)).texts()).containsExactly("a");
      assertThat(read(name, bzip2(line)).texts()).containsExactly("a");
      assertThat(read(name, zstandard(line)).texts()).containsExactly("a");
    }
    assertThat(read("a.jsonl.deflate", packed(DeflateCodec.class, line)).texts())
        .containsExactly("a");
  }

  @Test
  void otherPackingsAreReadToTheirDamageToo() throws IOException {
    byte[] lines = ReadFile.utf8(manyLines());
    for (byte[] whole : List.of(bzip2(lines), zstandard(lines))) {
      assertThat(read("a.jsonl.gz", whole).texts()).hasSize(2000);
      assertThat(read("a.jsonl.gz", Arrays.copyOf(whole, whole.length / 2)).reasons())
          .singleElement()
          .asString()
          .startsWith("damaged or truncated: ");
      byte[] damaged = whole.clone();
      damaged[whole.length / 2] ^= 0x10;
      assertThat(read("a.jsonl.gz", damaged).reasons()).isNotEmpty();
    }
  }

  @Test
  void contentOfAnotherKindIsOneMalformedRecord() throws IOException {
    byte[] parquet = ReadFile.utf8("PAR1...\n...PAR1");
    assertThat(read("a.json.gz", parquet).reasons())
        .containsExactly("wrong extension: the content is Parquet");
    assertThat(read("a.txt", ReadFile.gzip("WARC/1.0\r\n")).reasons())
        .containsExactly("wrong extension: the content is WARC");
    assertThat(read("a.txt", ReadFile.utf8("PK\u0003\u0004\n\n")).reasons())
        .containsExactly("wrong extension: the content is ZIP");
  }

  @Test
  void anEmptyFileIsOneMalformedRecord() throws IOException {
    for (String name : new String[] {"a.json", "a.json.gz", "a.txt", "a.warc.wet.gz"}) {
      assertThat(read(name, new byte[0]).reasons()).containsExactly(EMPTY);
      assertThat(read(name, ReadFile.gzip("")).reasons()).containsExactly(EMPTY);
    }
    assertThat(read("a.txt", ReadFile.utf8("\n\r\n\n")).reasons()).containsExactly(EMPTY);
  }

  @Test
  void aByteOrderMarkAndCarriageReturnsAreNotPartOfALine() throws IOException {
    byte[] lines = ReadFile.utf8("\ufeff{\"text\":\"a\"}\r\n{\"text\":\"b\"}\r\n");

    assertThat(read("a.json", lines).texts()).containsExactly("a", "b");
    assertThat(read("a.json", ReadFile.joined(lines, lines)).reasons()).hasSize(1);
  }

  @Test
  void aFileThatIsGoneIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("a.jsonl"), "{\"text\":\"a\"}");
    CorpusFile listed = Corpus.files(folder.toString(), new Configuration(), Split.TRAIN).get(0);
    Files.delete(file);

    assertThatThrownBy(() -> CorpusReader.open(listed, new Configuration()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a.jsonl is gone");
  }

  private static String manyLines() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      lines.append("{\"text\":\"%s\"}\n".formatted(Integer.toString(i * 7919, 36)));
    }
    return lines.toString();
  }

  private static byte[] bzip2(byte[] content) throws IOException {
    return packed(BZip2Codec.class, content);
  }

  private static byte[] zstandard(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZstdOutputStream out = new ZstdOutputStream(bytes)) {
      out.setChecksum(true);
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private static byte[] packed(Class<? extends CompressionCodec> type, byte[] content)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CompressionCodec codec = ReflectionUtils.newInstance(type, new Configuration());
    try (OutputStream out = codec.createOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private ReadFile read(String name, byte[] content) throws IOException {
    return ReadFile.of(Files.write(folder.resolve(name), content));
  }
}
