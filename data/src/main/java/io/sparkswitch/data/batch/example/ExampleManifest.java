package io.sparkswitch.data.batch.example;

import io.sparkswitch.data.token.VocabularySpec;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a file of tokenised examples holds; it is written last, so that its file is whole.
 *
 * @param formatVersion version of this format and of the file's
 * @param madeFrom digest of the examples' files in order and of the vocabulary
 * @param vocabulary the vocabulary of the token ids
 * @param targetBytes length of all targets as text, in UTF-8
 * @param bytes length of the file
 * @param sha256 digest of the file
 * @param blocks where each block of {@value ExampleFile#BLOCK} examples begins in the file
 * @param inputLengths examples by the length of their inputs, the end marker included
 * @param targetLengths examples by the length of their targets, the end marker included
 */
public record ExampleManifest(
    int formatVersion,
    String madeFrom,
    VocabularySpec vocabulary,
    long targetBytes,
    long bytes,
    String sha256,
    List<Long> blocks,
    SortedMap<Integer, Long> inputLengths,
    SortedMap<Integer, Long> targetLengths) {
  static final int FORMAT_VERSION = 1;

  public ExampleManifest {
    blocks = List.copyOf(blocks);
    inputLengths = Collections.unmodifiableSortedMap(new TreeMap<>(inputLengths));
    targetLengths = Collections.unmodifiableSortedMap(new TreeMap<>(targetLengths));
  }

  /** Number of examples. */
  public long examples() {
    return inputLengths.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Examples whose inputs are longer than a shape allows. */
  public long longInputs(ExampleShape shape) {
    return longer(inputLengths, shape.inputs());
  }

  /** Examples whose targets are longer than a shape allows. */
  public long longTargets(ExampleShape shape) {
    return longer(targetLengths, shape.targets());
  }

  private static long longer(SortedMap<Integer, Long> lengths, int length) {
    return lengths.tailMap(length + 1).values().stream().mapToLong(Long::longValue).sum();
  }
}
