package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.data.token.normalise.Normalisation;
import io.sparkswitch.data.token.train.TextSettings;
import io.sparkswitch.data.token.train.UnigramSettings;
import io.sparkswitch.data.token.train.UnigramTrainer;
import io.sparkswitch.data.token.train.WordCount;
import io.sparkswitch.model.checkpoint.SafeTensorsReader;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.pytorch.Tensor;

/**
 * A case of the golden data, which transformers 4.37.2 made, as the folder that it would have
 * written.
 *
 * @param name of the case
 */
record GoldenModel(String name) {
  private static final Path GOLDEN = Path.of("..", "model", "src", "test", "resources", "golden");

  /** Few enough that pieces and sentinels fit the golden models' 128 rows. */
  private static final int PIECES = 20;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  Path weights() {
    return GOLDEN.resolve(name + ".weights.safetensors");
  }

  ObjectNode config() throws IOException {
    JsonNode all = JSON.readTree(GOLDEN.resolve(name + ".config.json").toFile());
    return (ObjectNode) all.required("hf_config");
  }

  /** Writes the folder. */
  Path write(Path folder) throws IOException {
    return write(folder, config());
  }

  Path write(Path folder, ObjectNode config) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config.toPrettyString());
    Files.copy(weights(), folder.resolve("model.safetensors"), StandardCopyOption.REPLACE_EXISTING);
    Files.write(folder.resolve("spiece.model"), vocabulary(PIECES));
    return folder;
  }

  static byte[] vocabulary(int pieces) {
    List<WordCount> words = new ArrayList<>();
    String letters = "abcde";
    for (int i = 0; i < letters.length(); i++) {
      for (int j = 0; j < letters.length(); j++) {
        String pair = letters.substring(i, i + 1) + letters.charAt(j);
        words.add(new WordCount("\u2581" + pair + pair, 2L + i + j));
      }
    }
    TextSettings text = new TextSettings(Normalisation.IDENTITY, 1, 1_000, 32);
    return UnigramTrainer.train(words, new UnigramSettings(pieces, 8, 2, false, text));
  }

  SafeTensorsReader data() throws IOException {
    return new SafeTensorsReader(
        new org.apache.hadoop.fs.Path(GOLDEN.resolve(name + ".data.safetensors").toUri()),
        new Configuration());
  }

  static Batch batch(SafeTensorsReader data) throws IOException {
    Tensor ids = data.read("in.input_ids");
    int[] labels = Tensors.toInts(data.read("in.labels"));
    float[] weights = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      weights[i] = labels[i] >= 0 ? 1 : 0;
      labels[i] = Math.max(0, labels[i]);
    }
    int n = Math.toIntExact(ids.size(0));
    return new Batch(
        n,
        Math.toIntExact(ids.size(1)),
        labels.length / n,
        Tensors.toInts(ids),
        Tensors.toInts(data.read("in.decoder_input_ids")),
        labels,
        weights,
        new long[n],
        new int[n]);
  }
}
