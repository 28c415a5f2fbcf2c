package io.sparkswitch.distill.target.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.source.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A record of the store's format as a file of JSON: whole, or as good as not there. */
record JsonFile(Path path, FileSystem files) {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  static JsonFile of(Path path, Configuration conf) throws IOException {
    return new JsonFile(path, path.getFileSystem(conf));
  }

  /**
   * The record; empty if there is none or it breaks off.
   *
   * @throws InputException if it is whole but not one that this version reads
   */
  <R extends Record> Optional<R> read(Class<R> type) throws IOException {
    JsonNode tree;
    try (InputStream in = files.open(path)) {
      tree = JSON.readTree(in);
    } catch (FileNotFoundException | JsonProcessingException | ChecksumException e) {
      return Optional.empty();
    }
    if (tree.isMissingNode()) {
      return Optional.empty();
    }
    int version = tree.path("formatVersion").asInt();
    if (version != TargetsManifest.FORMAT_VERSION) {
      throw new InputException(
          "%s has format version %d, this sparkswitch reads %d: run teach again with --fresh"
              .formatted(path, version, TargetsManifest.FORMAT_VERSION));
    }
    try {
      return Optional.of(JSON.treeToValue(tree, type));
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s is no record of soft targets: %s; run teach again with --fresh"
              .formatted(path, e.getOriginalMessage()),
          e);
    }
  }

  /**
   * Writes the record, which is there once the file is closed.
   *
   * @throws IOException if there is a whole one already, or it cannot be written
   */
  <R extends Record> void write(R record) throws IOException {
    if (read(record.getClass()).isPresent()) {
      throw new IOException(path + " is there already: somebody else writes to its folder");
    }
    byte[] json = JSON.writeValueAsBytes(record);
    delete(); // what broke off
    try (OutputStream out = files.create(path, false)) {
      out.write(json);
    }
  }

  void delete() throws IOException {
    files.delete(path, false);
  }
}
