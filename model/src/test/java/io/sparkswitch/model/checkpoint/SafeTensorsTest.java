package io.sparkswitch.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Tensors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsTest {
  @TempDir Path folder;

  private PointerScope scope;

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void everyDtypeAndShapeComesBackAsItWas() throws Exception {
    Map<String, Tensor> tensors = tensors();
    Path file = folder.resolve("all.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      SafeTensorsWriter.write(out, tensors);
    }
    try (SafeTensorsReader reader = reader(file)) {
      assertThat(reader.names()).containsExactlyElementsOf(tensors.keySet());
      for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
        Tensor read = reader.read(named.getKey());
        Tensor written = named.getValue();
        assertThat(read.scalar_type().intern()).isEqualTo(written.scalar_type().intern());
        assertThat(shape(read)).as(named.getKey()).isEqualTo(shape(written));
        assertThat(read.equal(written)).as(named.getKey()).isTrue();
      }
    }
  }

  @Test
  void theLayoutIsThatOfTheFormat() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a", Tensors.indices(new int[] {7, 8}, 2));
    tensors.put("b", Tensors.floats(new float[] {1.5f}, 1));
    SafeTensorsWriter.write(out, tensors);
    ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    int header = Math.toIntExact(bytes.getLong());
    assertThat(header % 8).as("the data are aligned").isZero();
    String json = new String(out.toByteArray(), 8, header, StandardCharsets.UTF_8);
    assertThat(json.strip())
        .isEqualTo(
            "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"a\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,16]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[16,20]}}");
    bytes.position(8 + header);
    assertThat(bytes.getLong()).isEqualTo(7);
    assertThat(bytes.getLong()).isEqualTo(8);
    assertThat(bytes.getFloat()).isEqualTo(1.5f);
    assertThat(bytes.hasRemaining()).isFalse();
  }

  @Test
  void aFileCutAnywhereIsRefusedByName() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafeTensorsWriter.write(out, tensors());
    byte[] whole = out.toByteArray();
    Path file = folder.resolve("cut.safetensors");
    for (int length : new int[] {0, 5, 8, 20, 200, whole.length - 40, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatExceptionOfType(InputException.class)
          .as("%d of %d bytes", length, whole.length)
          .isThrownBy(() -> reader(file).close())
          .withMessageContaining("cut.safetensors");
    }
  }

  @ParameterizedTest
  @CsvSource({"3000000000", "9223372036854775807", "-1", "0", "1000"})
  void aHeaderLongerThanTheFileIsRefusedBeforeMemoryIsTaken(long claimed) throws Exception {
    Path file = folder.resolve("long.safetensors");
    ByteBuffer bytes = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(claimed).array());
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> reader(file).close())
        .withMessageContaining("long.safetensors is no safetensors file")
        .withMessageContaining("claims " + claimed + " of 100 bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "F32|[4]|[0,17]|needs 16 bytes",
        "F32|[4]|[0,8]|needs 16 bytes",
        "F64|[4]|[0,16]|needs 32 bytes",
        "BF16|[4]|[0,16]|needs 8 bytes",
        "F32|[4]|[-4,12]|needs 16 bytes",
        "F32|[4]|[16,0]|needs 16 bytes",
        "F32|[4]|[24,40]|the file is truncated",
        "F32|[1099511627776]|[0,4398046511104]|the file is truncated",
        "F32|[4611686018427387904,4]|[0,0]|overflow",
        "F32|[-2,-2]|[0,16]|negative axis",
        "F32|[4]|[9223372036854775800,-9223372036854775800]|needs 16 bytes",
        "F32|[1099511627776]|[9223372036854775800,-9223367638808264712]|needs 4398046511104 bytes",
        "F16|[4]|[0,16]|needs 8 bytes",
        "I4|[4]|[0,8]|dtype I4 is not supported"
      })
  void anEntryThatDoesNotFitIsRefusedWithFileAndTensor(
      String dtype, String shape, String offsets, String reason) throws Exception {
    Path file = write(entry("w", dtype, shape, offsets), 32);
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> reader(file).close())
        .withMessageContaining("odd.safetensors")
        .withMessageContaining("tensor w")
        .withMessageContaining(reason);
  }

  @Test
  void overlappingTensorsAreRefusedByName() throws Exception {
    String entries = entry("a", "F32", "[4]", "[0,16]") + "," + entry("b", "F32", "[4]", "[12,28]");
    Path file = write(entries, 32);
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> reader(file).close())
        .withMessageContaining("odd.safetensors")
        .withMessageContaining("tensor b overlaps a");
  }

  @Test
  void tensorsInAnyOrderOfTheHeaderAreRead() throws Exception {
    String entries =
        entry("b", "F32", "[1]", "[4,8]")
            + ","
            + entry("none", "F32", "[0]", "[4,4]")
            + ","
            + entry("a", "F32", "[1]", "[0,4]");
    try (SafeTensorsReader reader = reader(write(entries, 8))) {
      assertThat(Doubles.of(reader.read("a"))).containsExactly(0);
      assertThat(Doubles.of(reader.read("b"))).containsExactly(0);
      assertThat(reader.read("none").numel()).isZero();
    }
  }

  @Test
  void aHeaderThatIsNoJsonAnEntryWithoutShapeAndAnUnknownNameAreNamed() throws Exception {
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> reader(write("\"a\":", 8)).close())
        .withMessageContaining("odd.safetensors");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> reader(write("\"a\":{\"dtype\":\"F32\"}", 8)).close())
        .withMessageContaining("odd.safetensors: tensor a")
        .withMessageContaining("shape");
    try (SafeTensorsReader reader = reader(write(entry("a", "F32", "[1]", "[0,4]"), 4))) {
      assertThat(reader.has("a")).isTrue();
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> reader.read("z"))
          .withMessageContaining("odd.safetensors has no tensor z");
    }
  }

  @Test
  void aStridedTensorIsRefusedAndSoIsADtypeWithoutName() {
    Tensor strided = Doubles.normal(1, 3, 4).transpose(0, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> SafeTensorsWriter.write(new ByteArrayOutputStream(), Map.of("s", strided)))
        .withMessageContaining("contiguous()");
    Tensor flags = Tensors.zeros(ScalarType.Bool, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SafeTensorsWriter.write(new ByteArrayOutputStream(), Map.of("b", flags)))
        .withMessageContaining("Bool");
  }

  private static Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("double", Doubles.normal(1, 3, 5));
    tensors.put("none", Tensors.zeros(ScalarType.Float, 0, 4));
    tensors.put("float", Doubles.normal(2, 7).to(ScalarType.Float));
    tensors.put("brain", Doubles.normal(3, 3, 1, 3).to(ScalarType.BFloat16));
    tensors.put("half", Doubles.normal(5, 6).to(ScalarType.Half));
    tensors.put("scalar", Doubles.normal(4, 1).reshape(new long[0]));
    tensors.put("long", Tensors.indices(new int[] {-1, 2, Integer.MAX_VALUE}, 3));
    return tensors;
  }

  private static String entry(String name, String dtype, String shape, String offsets) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}"
        .formatted(name, dtype, shape, offsets);
  }

  private Path write(String entries, int dataBytes) throws IOException {
    byte[] json = ("{" + entries + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    return Files.write(folder.resolve("odd.safetensors"), bytes.array());
  }

  private static SafeTensorsReader reader(Path file) throws IOException {
    return new SafeTensorsReader(
        new org.apache.hadoop.fs.Path(file.toUri()), new Configuration(false));
  }

  private static long[] shape(Tensor tensor) {
    long[] shape = new long[Math.toIntExact(tensor.dim())];
    Arrays.setAll(shape, tensor::size);
    return shape;
  }
}
