package io.sparkswitch.data.source;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** How a corpus file holds its documents; told from the file's name. */
public enum SourceFormat {
  /** JSON lines under the names of C4 or mC4. */
  C4_JSON("c4-(((train|validation)\\.)|([A-Za-z].*\\.tfrecord-)).*\\.json", true),
  /** One JSON object a line, under any other name. */
  JSON_LINES(".+\\.(jsonl|ndjson|json)", true),
  /** A row a document, its text in the column {@code text}. */
  PARQUET(".+\\.parquet", false),
  /** Paragraphs of plain text. */
  TEXT(".+\\.(txt|text)", true),
  /** Plain text that Common Crawl extracted: conversion records of WARC. */
  WET(".+\\.warc\\.wet(\\.gz)?", false);

  private final Pattern name;

  SourceFormat(String name, boolean packed) {
    this.name = Pattern.compile(packed ? name + "(\\.(gz|bz2|zst|deflate|lz4|snappy))?" : name);
  }

  /** The format of a file of that name; empty if its ending is none of a corpus file. */
  static Optional<SourceFormat> of(String fileName) {
    return Arrays.stream(values())
        .filter(format -> format.name.matcher(fileName).matches())
        .findFirst();
  }

  /** The place of the first record: lines and rows are counted from 1, bytes from 0. */
  public long first() {
    return switch (this) {
      case C4_JSON, JSON_LINES, PARQUET -> 1;
      case TEXT, WET -> 0;
    };
  }
}
