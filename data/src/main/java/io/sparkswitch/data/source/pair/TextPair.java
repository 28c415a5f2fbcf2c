package io.sparkswitch.data.source.pair;

/**
 * A supervised example as it is written, text to text.
 *
 * @param position its line or row in its file, from 1
 * @param inputs what a model reads
 * @param targets what it shall write
 */
public record TextPair(long position, String inputs, String targets) {}
