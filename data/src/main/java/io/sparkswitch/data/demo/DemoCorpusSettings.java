package io.sparkswitch.data.demo;

/**
 * What demo corpus to write.
 *
 * @param seed of the world and of all stories
 * @param megabytes of text for training, in millions of bytes before compression
 * @param trainFiles files that the training text is spread over
 * @param validationMegabytes of text for validation, in one file
 */
public record DemoCorpusSettings(
    long seed, int megabytes, int trainFiles, double validationMegabytes) {
  private static final int MOST_FILES = 99_999;

  public DemoCorpusSettings {
    if (megabytes < 1) {
      throw new IllegalArgumentException("megabytes = %d is below 1".formatted(megabytes));
    }
    if (trainFiles < 1 || trainFiles > MOST_FILES) {
      throw new IllegalArgumentException(
          "train-files = %d is outside [1, %d]".formatted(trainFiles, MOST_FILES));
    }
    if (!(validationMegabytes > 0 && validationMegabytes < Integer.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "validation-megabytes = %s is not above 0".formatted(validationMegabytes));
    }
  }

  /** 20 MB in 8 files and 0.5 MB for validation. */
  public static DemoCorpusSettings defaults() {
    return new DemoCorpusSettings(1, 20, 8, 0.5);
  }
}
