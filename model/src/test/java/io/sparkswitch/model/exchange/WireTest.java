package io.sparkswitch.model.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** What somebody between two ranks sees. */
class WireTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final byte[] TEXT =
      "a text that nobody else may read".getBytes(StandardCharsets.UTF_8);
  private static final int LARGE = 300_000;

  /** What passed between two ranks. */
  private record Seen(byte[] dialed, byte[] answered, Traffic rank0, Traffic rank1) {}

  @Test
  void trafficIsWhatTravelsButForHandshakeAndHeaders() throws Exception {
    RunSecret secret = RunSecret.random();
    Seen seen = exchange(rank -> new Member(secret, 3, rank));
    long handshake = Handshake.HELLO_BYTES + Handshake.PROOF_BYTES;
    // A text, an empty message, a small and a large tensor in one frame each; the goodbye.
    long headers = 5L * Frame.HEADER_BYTES;
    long payload = TEXT.length + 40 + LARGE * (long) Float.BYTES;
    assertThat(seen.rank1.sent()).isEqualTo(payload);
    assertThat(seen.rank0.received()).isEqualTo(payload);
    assertThat(seen.dialed).hasSize((int) (handshake + headers + payload));
    assertThat(seen.rank0.sent()).isEqualTo(0).isEqualTo(seen.rank1.received());
    assertThat(seen.answered)
        .hasSizeBetween(
            Handshake.CHALLENGE_BYTES + Handshake.PROOF_BYTES,
            Handshake.CHALLENGE_BYTES + Handshake.PROOF_BYTES + Frame.HEADER_BYTES);
    assertThat(contains(seen.dialed, TEXT)).as("readable").isTrue();
  }

  /** Of every kind of message that is cut or written in a way of its own. */
  private static final List<Integer> SIZES =
      List.of(0, 1, (64 << 10) - 1, 64 << 10, 4 << 20, (4 << 20) + 1, (9 << 20) + 5);

  @Test
  void whatGoesIntoTheSocketIsAsReckoned() throws Exception {
    RunSecret secret = RunSecret.random();
    byte[] dialed = sent(rank -> new Member(secret, 3, rank), SIZES);
    long handshake = Handshake.HELLO_BYTES + Handshake.PROOF_BYTES + Frame.HEADER_BYTES;
    assertThat(dialed.length - handshake).isEqualTo(reckoned(SIZES).framed());
  }

  @Test
  void encryptedItIsNoMoreThanReckoned() throws Exception {
    RunSecret secret = RunSecret.random();
    RunAuthority authority = new RunAuthority();
    IntFunction<Member> members = rank -> new Member(secret, 3, rank, authority.issue(3, rank));
    long before = sent(members, List.of()).length;
    long sizeOfCertificatesVaries = 16;

    long bytes = sent(members, SIZES).length - before;

    long recordsAtLeast = reckoned(SIZES).framed() / (1 << 14);
    assertThat(bytes)
        .isGreaterThan(reckoned(SIZES).framed() + 22 * recordsAtLeast - sizeOfCertificatesVaries)
        .isLessThan(reckoned(SIZES).encryptedAtMost() + sizeOfCertificatesVaries);
  }

  private static Messages reckoned(List<Integer> sizes) {
    return sizes.stream().map(Messages::of).reduce(Messages.none(), Messages::plus);
  }

  /** What a dialer writes that sends tensors of these sizes, in bytes. */
  private static byte[] sent(IntFunction<Member> members, List<Integer> sizes) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (NettyEndpoint listener = NettyEndpoint.bind(ListenAddress.loopback(), members.apply(0));
        NettyEndpoint dialer = NettyEndpoint.bind(ListenAddress.loopback(), members.apply(1));
        Tap tap = new Tap(listener.address().port())) {
      Future<NettyExchange> dialing =
          thread.submit(() -> dialer.connect(List.of(tap.address(0), dialer.address()), SOON));
      NettyExchange rank0 = listener.connect(List.of(listener.address(), dialer.address()), SOON);
      NettyExchange rank1 = Gang.result(dialing);
      for (int i = 0; i < sizes.size(); i++) {
        Tag tag = ExchangeTest.tag(i, Direction.DISPATCH);
        Tensor tensor = torch.zeros(sizes.get(i)).to(torch.ScalarType.Byte);
        rank1.send(0, tag, tensor);
        rank0.receive(1, tag, torch.ScalarType.Byte, sizes.get(i));
      }
      rank1.close();
      rank0.close();
      tap.awaitEnd();
      return tap.dialed();
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void encryptedNothingIsReadable() throws Exception {
    RunSecret secret = RunSecret.random();
    RunAuthority authority = new RunAuthority();
    Seen seen = exchange(rank -> new Member(secret, 3, rank, authority.issue(3, rank)));
    assertThat(seen.rank0.received()).isGreaterThan(LARGE);
    assertThat(seen.dialed).hasSizeGreaterThan(LARGE * Float.BYTES);
    for (byte[] bytes : List.of(seen.dialed, seen.answered)) {
      assertThat(contains(bytes, TEXT)).as("the text").isFalse();
      assertThat(contains(bytes, new byte[] {'S', 'W', 'F', '1'})).as("a frame").isFalse();
      assertThat(contains(bytes, new byte[] {'S', 'W', 'H', '1'})).as("a handshake").isFalse();
    }
  }

  /** Spark brings them for this platform; were they lost, encryption would be slow in silence. */
  @Test
  void theNativesThatSparkBringsEncrypt() {
    assertThat(OpenSsl.unavailabilityCause()).isNull();
    assertThat(Encryption.provider()).isEqualTo(SslProvider.OPENSSL);
  }

  @Test
  void credentialsDoNotShow() {
    RunAuthority authority = new RunAuthority();
    Credentials own = authority.issue(3, 1);
    assertThat(own).hasToString("Credentials[hidden]").isEqualTo(copy(own));
    assertThat(own).isNotEqualTo(authority.issue(3, 1));
    assertThat(new Member(RunSecret.random(), 3, 1, own).toString())
        .contains("RunSecret[hidden]", "Credentials[hidden]");
  }

  private static Credentials copy(Credentials own) {
    return new Credentials(own.key(), own.certificate(), own.authority());
  }

  private static Seen exchange(IntFunction<Member> members) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (NettyEndpoint listener = NettyEndpoint.bind(ListenAddress.loopback(), members.apply(0));
        NettyEndpoint dialer = NettyEndpoint.bind(ListenAddress.loopback(), members.apply(1));
        Tap tap = new Tap(listener.address().port())) {
      Future<NettyExchange> dialing =
          thread.submit(() -> dialer.connect(List.of(tap.address(0), dialer.address()), SOON));
      NettyExchange rank0 = listener.connect(List.of(listener.address(), dialer.address()), SOON);
      NettyExchange rank1 = Gang.result(dialing);
      Tensor large = torch.rand(LARGE);
      rank1.sendBytes(0, ExchangeTest.tag(0, Direction.CONTROL), TEXT);
      rank1.sendBytes(0, ExchangeTest.tag(1, Direction.CONTROL), new byte[0]);
      rank1.send(0, ExchangeTest.tag(2, Direction.CONTROL), torch.ones(10));
      rank1.send(0, ExchangeTest.tag(3, Direction.CONTROL), large);
      assertThat(rank0.receiveBytes(1, ExchangeTest.tag(0, Direction.CONTROL))).isEqualTo(TEXT);
      assertThat(rank0.receiveBytes(1, ExchangeTest.tag(1, Direction.CONTROL))).isEmpty();
      rank0.receive(1, ExchangeTest.tag(2, Direction.CONTROL), torch.ScalarType.Float, 10);
      Tensor got =
          rank0.receive(1, ExchangeTest.tag(3, Direction.CONTROL), torch.ScalarType.Float, LARGE);
      assertThat(torch.equal(got, large)).isTrue();
      rank1.close();
      rank0.close();
      tap.awaitEnd();
      return new Seen(tap.dialed(), tap.answered(), rank0.traffic(), rank1.traffic());
    } finally {
      thread.shutdownNow();
    }
  }

  private static boolean contains(byte[] bytes, byte[] part) {
    for (int from = 0; from + part.length <= bytes.length; from++) {
      int same = 0;
      while (same < part.length && bytes[from + same] == part[same]) {
        same++;
      }
      if (same == part.length) {
        return true;
      }
    }
    return false;
  }
}
