package io.sparkswitch.data.demo;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * What a demo corpus holds; as {@code demo-corpus.json}, written last, it makes the corpus whole.
 *
 * @param generator version of the grammar and of the file format
 * @param documents stories of both splits
 * @param bytes of text, as UTF-8, before compression
 * @param files paths below the corpus folder, training first
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record DemoCorpusSummary(
    int generator,
    DemoCorpusSettings settings,
    long documents,
    long bytes,
    List<CorpusFile> files) {

  /**
   * One file of the corpus.
   *
   * @param path below the corpus folder
   * @param documents lines
   * @param textBytes of text, as UTF-8, before compression
   * @param fileBytes length of the file
   * @param sha256 of the file, lower-case hexadecimal
   */
  public record CorpusFile(
      String path, long documents, long textBytes, long fileBytes, String sha256) {}

  public DemoCorpusSummary {
    files = List.copyOf(files);
  }

  static DemoCorpusSummary of(int generator, DemoCorpusSettings settings, List<CorpusFile> files) {
    return new DemoCorpusSummary(
        generator,
        settings,
        files.stream().mapToLong(CorpusFile::documents).sum(),
        files.stream().mapToLong(CorpusFile::textBytes).sum(),
        files);
  }
}
