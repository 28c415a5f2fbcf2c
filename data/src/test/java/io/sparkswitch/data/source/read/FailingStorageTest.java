package io.sparkswitch.data.source.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.source.CorpusFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailingStorageTest {
  private static final long READABLE = 70_000;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.txt", "a.warc.wet.gz"})
  void aFailureOfTheStorageIsNoDamageOfTheContent(String name) throws IOException {
    Path file = folder.resolve(name);
    String line = "{\"text\":\"%s\"}\n".formatted("word ".repeat(2000));
    String header = "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 99999\r\n\r\n";
    Files.writeString(file, (name.contains(".wet") ? header : "") + line.repeat(10));

    assertThatThrownBy(() -> read(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("the disk is gone");
  }

  @ParameterizedTest
  @ValueSource(ints = {2000, 30_000})
  void aFailureOfTheStorageIsNoDamageOfParquet(int rows) throws IOException {
    Path file = TestParquet.write(folder.resolve("a.parquet"), rows);
    assertThat(Files.size(file) > READABLE).isEqualTo(rows == 30_000);

    if (rows == 2000) {
      assertThat(read(file)).isEqualTo(rows);
    } else {
      assertThatThrownBy(() -> read(file))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("the disk is gone");
    }
  }

  private static long read(Path file) {
    Configuration conf = new Configuration(false);
    conf.setClass("fs.failing.impl", Failing.class, org.apache.hadoop.fs.FileSystem.class);
    conf.setBoolean("fs.failing.impl.disable.cache", true);
    CorpusFile source = CorpusFile.of("failing://host" + file, 1);
    try (CorpusReader reader = CorpusReader.open(source, conf)) {
      reader.forEachRemaining(record -> {});
      return reader.documents();
    }
  }

  /** A disk whose first bytes can be read. */
  static final class Failing extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("failing://host");
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path path, int bufferSize)
        throws IOException {
      return new FSDataInputStream(new Worn(super.open(path, bufferSize)));
    }
  }

  private static final class Worn extends FSInputStream {
    private final FSDataInputStream in;
    private long left = READABLE;

    Worn(FSDataInputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      wear(1);
      return in.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      wear(length);
      return in.read(target, offset, length);
    }

    @Override
    public void seek(long position) throws IOException {
      in.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return in.getPos();
    }

    @Override
    public boolean seekToNewSource(long position) {
      return false;
    }

    private void wear(int count) throws IOException {
      left -= count;
      if (left < 0) {
        throw new IOException("the disk is gone");
      }
    }
  }
}
