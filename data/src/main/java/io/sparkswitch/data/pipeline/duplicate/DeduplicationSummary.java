package io.sparkswitch.data.pipeline.duplicate;

/**
 * What one ingest batch loses.
 *
 * @param documents documents that lose anything
 * @param spans spans they lose, counted with their overlaps
 * @param samePages documents that go as a whole, for their URL
 */
public record DeduplicationSummary(long documents, long spans, long samePages) {}
