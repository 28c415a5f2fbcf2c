package io.sparkswitch.jobs;

import io.sparkswitch.data.shard.WholeFile;
import io.sparkswitch.data.source.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** The user's lists of bad words: {@code en.txt} and the like, one word a line. */
final class BadWordLists {
  private static final String ENDING = ".txt";

  private BadWordLists() {}

  /**
   * The lists of a folder by language.
   *
   * @param folder null for no lists
   * @throws InputException if there is no such folder, or no list in it
   */
  static Map<String, List<String>> read(String folder, Configuration hadoop) throws IOException {
    Map<String, List<String>> lists = new TreeMap<>();
    if (folder == null) {
      return lists;
    }
    Path path = new Path(folder);
    try {
      for (FileStatus file : path.getFileSystem(hadoop).listStatus(path)) {
        String name = file.getPath().getName();
        if (file.isFile() && name.endsWith(ENDING)) {
          byte[] content = WholeFile.read(file.getPath(), hadoop).orElseThrow();
          lists.put(
              name.substring(0, name.length() - ENDING.length()),
              new String(content, StandardCharsets.UTF_8).lines().toList());
        }
      }
    } catch (FileNotFoundException e) {
      throw new InputException("--bad-words %s: there is no such folder".formatted(folder), e);
    }
    if (lists.isEmpty()) {
      throw new InputException(
          "--bad-words %s holds no list: give files such as en.txt, one word a line"
              .formatted(folder));
    }
    return lists;
  }
}
