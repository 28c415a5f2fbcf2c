package io.sparkswitch.model.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The memory of a contiguous CPU tensor as direct buffers in native byte order: no copy, so writes
 * show in the tensor. The buffers do not keep the memory alive; the tensor must outlive them.
 */
public final class TensorBytes {
  /** A {@link ByteBuffer} ends below 2 GiB; longer ranges come as several of this size. */
  private static final long BUFFER_BYTES = 1L << 30;

  private final Tensor tensor;
  private final Pointer start;
  private final long size;

  private TensorBytes(Tensor tensor, Pointer start, long size) {
    this.tensor = tensor;
    this.start = start;
    this.size = size;
  }

  /**
   * Views a tensor of any dtype and shape.
   *
   * @throws IllegalArgumentException when the tensor is not contiguous or not in main memory
   */
  public static TensorBytes of(Tensor tensor) {
    if (!tensor.is_cpu()) {
      throw new IllegalArgumentException("only a tensor in main memory has bytes to view: cpu()");
    }
    if (!tensor.is_contiguous()) {
      throw new IllegalArgumentException("a strided tensor has no bytes in order: contiguous()");
    }
    long size = tensor.nbytes();
    return new TensorBytes(tensor, size == 0 ? null : tensor.data_ptr(), size);
  }

  /** All bytes of a tensor: {@link #of} and {@link #all} in one. */
  public static ByteBuffer[] views(Tensor tensor) {
    return of(tensor).all();
  }

  /** A new tensor whose entries are not set, to be filled through {@link #of}. */
  public static Tensor empty(ScalarType dtype, long... shape) {
    try (TensorOptions options = new TensorOptions(dtype)) {
      return torch.empty(shape, options, null);
    }
  }

  /** Bytes of one entry. */
  public static long elementSize(ScalarType dtype) {
    return torch.elementSize(dtype);
  }

  /** The tensor whose memory this is. */
  public Tensor tensor() {
    return tensor;
  }

  /** Bytes in all. */
  public long size() {
    return size;
  }

  /** All bytes; one buffer for each GiB begun, and one empty buffer for an empty tensor. */
  public ByteBuffer[] all() {
    return slice(0, size);
  }

  /**
   * The bytes {@code [from, from + length)}.
   *
   * @throws IndexOutOfBoundsException when the range is not inside the tensor
   */
  public ByteBuffer[] slice(long from, long length) {
    Objects.checkFromIndexSize(from, length, size);
    if (length == 0) {
      return new ByteBuffer[] {ByteBuffer.allocate(0).order(ByteOrder.nativeOrder())};
    }
    int pieces = Math.toIntExact((length + BUFFER_BYTES - 1) / BUFFER_BYTES);
    ByteBuffer[] buffers = new ByteBuffer[pieces];
    for (int i = 0; i < pieces; i++) {
      long offset = i * BUFFER_BYTES;
      buffers[i] = buffer(from + offset, Math.min(BUFFER_BYTES, length - offset));
    }
    return buffers;
  }

  /** Copies {@code length} bytes of {@code source} here. */
  public void copyFrom(long to, TensorBytes source, long from, long length) {
    Objects.checkFromIndexSize(from, length, source.size);
    Objects.checkFromIndexSize(to, length, size);
    if (length > 0) {
      Pointer.memcpy(at(to), source.at(from), length);
    }
  }

  private ByteBuffer buffer(long from, long length) {
    return at(from).limit(from + length).asByteBuffer();
  }

  private BytePointer at(long position) {
    return new BytePointer(start).capacity(size).position(position);
  }
}
