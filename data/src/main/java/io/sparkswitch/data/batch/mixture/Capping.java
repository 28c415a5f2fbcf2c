package io.sparkswitch.data.batch.mixture;

/**
 * A part of a mixture that ends because it may not be repeated more often; from there on its share
 * goes to the others.
 *
 * @param part its name
 * @param maxEpochs the passes over it that were allowed and made
 * @param sequence number of the sequence from which on there is none of it
 */
public record Capping(String part, int maxEpochs, long sequence) {}
