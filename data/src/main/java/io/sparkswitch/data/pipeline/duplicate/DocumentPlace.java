package io.sparkswitch.data.pipeline.duplicate;

import java.io.Serializable;

/**
 * Where a document is in a corpus; no two documents of one ingest batch have the same place.
 *
 * @param file ordinal of its file among those of the ingest batch
 * @param line its line in the file
 */
public record DocumentPlace(long file, long line) implements Serializable {}
