package io.sparkswitch.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.model.tensor.Doubles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.AbstractStringAssert;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that nobody should have written, and files that are larger than an int counts. */
class StrangeSafeTensorsTest {
  private static final String GOOD = "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";

  private static byte[] whole;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":GOOD,\"a\":GOOD}|Duplicate",
        "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,4]}}|Duplicate",
        "{\"a\":GOOD}{}|goes on after the JSON",
        "{\"a\":GOOD}x|Unrecognized token",
        "[1,2]|no JSON object",
        "{\"a\":GOOD,}|no JSON",
        "{\"a\":4}|tensor a: a must be an object",
        "{\"__metadata__\":{\"format\":1},\"a\":GOOD}|format must be text",
        "{\"__metadata__\":\"pt\",\"a\":GOOD}|must be an object",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}|unknown field x",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]}}|more than 2 numbers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4]}}|1 numbers instead of 2",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}|more than integers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"1\"],\"data_offsets\":[0,4]}}|more than integers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[18446744073709551617],\"data_offsets\":[0,4]}}|more than 64 bits",
        "{\"a\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,4]}}|dtype must be",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":null,\"data_offsets\":[0,4]}}|shape must be",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}|no JSON",
        "{}|4 bytes follow the last tensor",
        "{\"a\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[2,4]}}|no tensor has the 2 bytes before it",
        "{\"a\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[0,2]}}|2 bytes follow the last tensor"
      })
  void aHeaderThatIsNotOfTheFormatIsRefused(String json, String reason) {
    refused(json.replace("GOOD", GOOD)).contains(reason);
  }

  @Test
  void aBombOfDepthNumbersOrNamesIsRefused() {
    refused("{\"a\":" + "[".repeat(1_000_000)).contains("tensor a");
    refused("{\"__metadata__\":{\"a\":" + "{\"a\":".repeat(1_000_000)).contains("must be text");
    refused("{\"a\":{\"shape\":[" + "9".repeat(1_000_000) + "]}}").contains("exceeds the maximum");
    refused("{\"" + "n".repeat(1_000_000) + "\":" + GOOD + "}").contains("exceeds the maximum");
    refused("{\"a\":{\"shape\":[" + "1,".repeat(1_000_000) + "1]}}").contains("more than 64");
  }

  @Test
  void theObjectBeginsWithTheFirstByteAndMayBePadded() {
    refused(" {\"a\":" + GOOD + "}").contains("no JSON object");
    assertThat(message(file(("{\"a\":" + GOOD + "}  ").getBytes(StandardCharsets.UTF_8), 4)))
        .isEmpty();
  }

  @Test
  void textThatIsNoUtf8IsRefused() {
    byte[] json = ("{\"a\":" + GOOD + "}").getBytes(StandardCharsets.UTF_8);
    json[2] = (byte) 0xff;
    assertThat(message(file(json, 4)).orElse("accepted")).contains("its header is no JSON");
    byte[] wide = ("{\"a\":" + GOOD + "}").getBytes(StandardCharsets.UTF_16LE);
    assertThat(message(file(wide, 4)).orElse("accepted")).contains("its header is no JSON");
  }

  @Property(tries = 2_000)
  void whatIsCutIsRefused(@ForAll @IntRange(max = 1_000_000) int at) throws IOException {
    byte[] good = whole();
    assertThat(message(Arrays.copyOf(good, at % good.length))).isPresent();
    assertThat(message(Arrays.copyOf(good, good.length + 1 + at % 100))).isPresent();
  }

  @Property(tries = 5_000)
  void flippedBitsAreRefusedOrLeaveAFileThatIsWhole(
      @ForAll @Size(min = 1, max = 4) int[] positions, @ForAll @IntRange(max = 7) int bit)
      throws IOException {
    byte[] bytes = whole().clone();
    for (int position : positions) {
      bytes[Math.floorMod(position, bytes.length)] ^= (byte) (1 << bit);
    }
    try {
      SafeTensorsHeader header = header(bytes);
      long covered = header.entries().values().stream().mapToLong(e -> e.end() - e.begin()).sum();
      assertThat(header.dataStart() + covered).isEqualTo(bytes.length);
    } catch (InputException e) {
      assertThat(e).hasMessageContaining("odd.safetensors");
    }
  }

  @Test
  void tensorsBeyondTwoAndFourGibibytesAreRead(@TempDir Path folder) throws Exception {
    long half = 5L << 29; // 2.5 GiB
    String json =
        "{"
            + entry("low", half / 4, 0)
            + ","
            + entry("middle", 2, half)
            + ","
            + entry("high", half / 4, half + 8)
            + ","
            + entry("last", 3, 2 * half + 8)
            + "}";
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("sparse.safetensors");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(8 + header.length + 2 * half + 20);
      sparse.write(prefix(header.length));
      sparse.write(header);
      sparse.seek(8 + header.length + half);
      sparse.write(floats(1, 2));
      sparse.seek(8 + header.length + 2 * half + 8);
      sparse.write(floats(3, 4, 5));
    }
    try (PointerScope scope = new PointerScope();
        SafeTensorsReader reader =
            new SafeTensorsReader(
                new org.apache.hadoop.fs.Path(file.toUri()), new Configuration(false))) {
      assertThat(reader.spec("high").bytes()).isEqualTo(half);
      assertThat(Doubles.of(reader.read("last"))).containsExactly(3, 4, 5);
      assertThat(Doubles.of(reader.read("middle"))).containsExactly(1, 2);
    }
  }

  private static String entry(String name, long floats, long begin) {
    return "\"%s\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[%d,%d]}"
        .formatted(name, floats, begin, begin + 4 * floats);
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static AbstractStringAssert<?> refused(String json) {
    return assertThat(
            message(file(json.getBytes(StandardCharsets.UTF_8), 4)).orElse("it is accepted"))
        .contains("odd.safetensors");
  }

  private static byte[] file(byte[] json, int dataBytes) {
    return ByteBuffer.allocate(8 + json.length + dataBytes)
        .put(prefix(json.length))
        .put(json)
        .array();
  }

  private static byte[] prefix(long length) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
  }

  /** The refusal; empty if the file is taken. */
  private static Optional<String> message(byte[] bytes) {
    try {
      header(bytes);
      return Optional.empty();
    } catch (InputException e) {
      return Optional.of(e.getMessage());
    } catch (IOException e) {
      throw new AssertionError("a damaged file must be an InputException", e);
    }
  }

  private static SafeTensorsHeader header(byte[] bytes) throws IOException {
    return SafeTensorsHeader.read(
        "odd.safetensors", bytes.length, new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  private static synchronized byte[] whole() throws IOException {
    if (whole == null) {
      try (PointerScope scope = new PointerScope()) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("encoder.weight", Doubles.normal(1, 3, 5).to(ScalarType.Float));
        tensors.put("none", Doubles.normal(1, 0, 4));
        tensors.put("decoder.weight", Doubles.normal(2, 2, 2));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SafeTensorsWriter.write(out, tensors);
        whole = out.toByteArray();
      }
    }
    return whole;
  }

  @Test
  void theFileOfTheTestsIsGood() throws IOException {
    assertThat(message(whole())).isEmpty();
  }

  @Test
  void aTensorThatIsNotWhatWasAnnouncedIsNotWritten() {
    TensorSpec announced = new TensorSpec("w", ScalarType.Float, new long[] {2});
    try (PointerScope scope = new PointerScope()) {
      Tensor other = Doubles.normal(1, 2);
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(
              () ->
                  SafeTensorsWriter.write(
                      new ByteArrayOutputStream(), List.of(announced), spec -> other))
          .withMessageContaining("w was announced as Float[2], but is Double[2]");
    }
  }
}
