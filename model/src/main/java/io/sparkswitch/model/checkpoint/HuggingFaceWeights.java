package io.sparkswitch.model.checkpoint;

import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The weights in a Hugging Face folder: one file, or what the index says.
 *
 * @param folder the folder
 * @param root where it lies
 * @param files its file system
 */
record HuggingFaceWeights(HuggingFaceFolder folder, Path root, FileSystem files) {
  private static final String OLD = "pytorch_model";

  /**
   * The files that hold the tensors, in the order to read them.
   *
   * @throws InputException if there are none, or two kinds of them
   */
  List<Path> paths() throws IOException {
    Optional<HuggingFaceIndex> index = index();
    boolean single = folder.has(HuggingFaceFolder.SINGLE);
    if (index.isPresent() && single) {
      throw new InputException(
          "%s holds %s and %s: remove the one that is not the model"
              .formatted(root, HuggingFaceFolder.SINGLE, HuggingFaceIndex.FILE));
    }
    if (index.isPresent()) {
      return index.get().shards().stream().map(shard -> new Path(root, shard)).toList();
    }
    if (!single) {
      throw new InputException(
          "%s holds neither %s nor %s%s"
              .formatted(root, HuggingFaceFolder.SINGLE, HuggingFaceIndex.FILE, remedy()));
    }
    return List.of(new Path(root, HuggingFaceFolder.SINGLE));
  }

  private String remedy() throws IOException {
    boolean old =
        files.exists(root)
            && files.listStatus(root, path -> path.getName().startsWith(OLD)).length > 0;
    return old
        ? ", but %s files: save the model again with safe_serialization=True".formatted(OLD)
        : "";
  }

  TensorFiles open() throws IOException {
    List<Path> paths = paths();
    for (Path path : paths) {
      if (!files.exists(path)) {
        throw new InputException(
            "%s names %s, which is missing".formatted(folder.uri(HuggingFaceIndex.FILE), path));
      }
    }
    TensorFiles tensors = TensorFiles.open(files, paths);
    index().ifPresent(index -> requireAsIndexed(index, tensors));
    return tensors;
  }

  private Optional<HuggingFaceIndex> index() throws IOException {
    return folder
        .text(HuggingFaceIndex.FILE)
        .map(json -> HuggingFaceIndex.parse(folder.uri(HuggingFaceIndex.FILE), json));
  }

  private void requireAsIndexed(HuggingFaceIndex index, TensorFiles tensors) {
    index
        .weightMap()
        .forEach(
            (name, shard) -> {
              if (!tensors.has(name) || !tensors.file(name).getName().equals(shard)) {
                throw new InputException(
                    "%s has no tensor %s, which %s puts there"
                        .formatted(folder.uri(shard), name, HuggingFaceIndex.FILE));
              }
            });
    TreeSet<String> surplus = new TreeSet<>(tensors.names());
    surplus.removeAll(index.weightMap().keySet());
    if (!surplus.isEmpty()) {
      throw new InputException(
          "%s holds tensor %s, which %s does not name"
              .formatted(tensors.file(surplus.first()), surplus.first(), HuggingFaceIndex.FILE));
    }
  }
}
