package io.sparkswitch.model.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.SslProvider;
import io.netty.util.ResourceLeakDetector;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Who does not belong to a running exchange is refused, logged once, and does not disturb it. */
class RefusalTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final NettyEndpoint.Limits LIMITS =
      new NettyEndpoint.Limits(Duration.ofSeconds(8), SOON, SOON, 1 << 20);
  private static final NettyEndpoint.Limits IMPATIENT =
      new NettyEndpoint.Limits(Duration.ofSeconds(1), SOON, SOON, 1 << 20);
  private static final String LATE = "no handshake within PT1S";
  private static final String REFUSED = "rank 0 refused a connection from 127.0.0.1: ";

  private static final String NO_SECRET =
      "it does not know this run's secret, or replays an old handshake";
  private static final String NO_TLS = "no TLS: ";

  private static final RunAuthority AUTHORITY = new RunAuthority();
  private static final RunAuthority OTHER_AUTHORITY = new RunAuthority();
  private static final Lines LINES = new Lines();

  /** Keeps what is logged. */
  private static final class Lines extends AbstractAppender {
    final List<String> lines = new CopyOnWriteArrayList<>();

    Lines() {
      super("lines", null, null, true, Property.EMPTY_ARRAY);
      start();
    }

    @Override
    public void append(LogEvent event) {
      lines.add(event.getMessage().getFormattedMessage());
    }
  }

  @BeforeAll
  static void listen() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    Logger logger = (Logger) LogManager.getLogger(Refusals.class);
    logger.addAppender(LINES);
    logger.setLevel(Level.WARN); // only now: an appender's logger begins with its parent's level
  }

  @AfterAll
  static void listenNoMore() {
    ((Logger) LogManager.getLogger(Refusals.class)).removeAppender(LINES);
  }

  private static byte[] garbage() {
    byte[] garbage = new byte[100_000];
    new Random(1).nextBytes(garbage);
    return garbage;
  }

  private static byte[] version(int version) {
    byte[] hello = Stranger.hello(3, 1, 0);
    hello[Integer.BYTES] = (byte) version;
    return hello;
  }

  private static byte[] truncated(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length - 7);
  }

  static Stream<Arguments> strangers() {
    byte[] hello = Stranger.hello(3, 1, 0);
    String foreign = "it does not speak this protocol";
    String left = "it closed the connection during the handshake";
    return Stream.of(
        row("garbage", Stranger.saying(garbage()), foreign),
        row("another version", Stranger.saying(version(9)), "it speaks version 9, not 1"),
        row("silence", Stranger.saying(), LATE),
        row("a truncated hello", Stranger.saying(truncated(hello)), LATE),
        row("a truncated hello and no more", Stranger.leaving(truncated(hello)), left),
        row("a frame before the handshake", Stranger.saying(Stranger.frame(5)), foreign),
        row("a frame within the handshake", Stranger.saying(hello, Stranger.frame(5)), foreign),
        row(
            "an oversized frame",
            Stranger.saying(hello, Stranger.frame(Integer.MAX_VALUE)),
            foreign),
        row("a truncated frame", Stranger.leaving(truncated(Stranger.frame(5))), foreign),
        row(
            "a hello for another",
            Stranger.saying(Stranger.hello(3, 2, 1)),
            "it says that rank 2 dials rank 1, but this is rank 0"),
        row(
            "TLS",
            Stranger.encrypting(Credentials.NONE, hello),
            "it speaks TLS, and this run is not encrypted"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("strangers")
  void aStrangerIsRefused(String name, Stranger stranger, String reason) throws Exception {
    NettyEndpoint.Limits limits = reason.equals(LATE) ? IMPATIENT : LIMITS;
    try (Gang gang = Gang.netty(2, limits)) {
      assertRefused(gang, stranger, reason);
    }
  }

  /** Members of some run that are not those of this one. */
  private record Impostor(RunSecret secret, Credentials credentials, int attempt) {
    Stranger dialling() {
      return Stranger.dialling(new Member(secret, attempt, 1, credentials), LIMITS);
    }
  }

  @Test
  void aMemberOfAnotherRunIsRefused() throws Exception {
    try (Gang gang = Gang.netty(2, LIMITS)) {
      Impostor other = new Impostor(RunSecret.random(), Credentials.NONE, 3);
      assertRefused(gang, other.dialling(), NO_SECRET);
    }
  }

  @Test
  void aMemberOfAnotherAttemptIsRefused() throws Exception {
    try (Gang gang = Gang.netty(2, LIMITS)) {
      Impostor old = new Impostor(secretOf(gang), Credentials.NONE, 2);
      assertRefused(gang, old.dialling(), "it is of attempt 2, this is attempt 3");
    }
  }

  @Test
  void aRankThatIsThereAlreadyIsRefused() throws Exception {
    try (Gang gang = Gang.netty(2, LIMITS)) {
      Impostor second = new Impostor(secretOf(gang), Credentials.NONE, 3);
      assertRefused(gang, second.dialling(), "rank 1 is connected already");
    }
  }

  @Test
  void aReplayOfAllThatAMemberSaidIsRefused() throws Exception {
    RunSecret secret = RunSecret.random();
    try (NettyEndpoint listener = endpoint(secret, 0);
        NettyEndpoint dialer = endpoint(secret, 1);
        Tap tap = new Tap(listener.address().port())) {
      ExecutorService thread = Executors.newSingleThreadExecutor();
      Future<NettyExchange> dialing =
          thread.submit(() -> dialer.connect(List.of(tap.address(0), dialer.address()), SOON));
      NettyExchange rank0 = listener.connect(List.of(listener.address(), dialer.address()), SOON);
      NettyExchange rank1 = Gang.result(dialing);
      thread.shutdown();
      Running recorded = Running.start(rank0, rank1);
      recorded.assertEndsWell();
      byte[] said = tap.dialed();
      assertThat(said).hasSizeGreaterThan(Handshake.HELLO_BYTES + 3 * Frame.HEADER_BYTES);
      assertRefused(listener, Running.start(rank0, rank1), Stranger.saying(said), NO_SECRET);
      try (Socket again = new Socket("127.0.0.1", listener.address().port())) {
        again.setSoTimeout((int) SOON.toMillis());
        again.getOutputStream().write(said, 0, Handshake.HELLO_BYTES);
        assertThat(again.getInputStream().readNBytes(Handshake.CHALLENGE_BYTES))
            .as("a challenge")
            .hasSize(Handshake.CHALLENGE_BYTES);
        byte[] rest = Arrays.copyOfRange(said, Handshake.HELLO_BYTES, said.length);
        assertThat(Stranger.answer(again, rest)).as("no proof").isEmpty();
      }
    }
  }

  private static NettyEndpoint endpoint(RunSecret secret, int rank) {
    return NettyEndpoint.bind(ListenAddress.loopback(), new Member(secret, 3, rank), LIMITS);
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OPENSSL"})
  void plaintextIsRefusedWhereAllIsEncrypted(SslProvider tls) throws Exception {
    try (Gang gang = Gang.encrypted(2, LIMITS, AUTHORITY, tls)) {
      Impostor plain = new Impostor(secretOf(gang), Credentials.NONE, 3);
      String reason = "it does not speak TLS, and this run is encrypted";
      assertRefused(gang, plain.dialling(), reason);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OPENSSL"})
  void aCertificateOfAnotherAuthorityIsRefused(SslProvider tls) throws Exception {
    try (Gang gang = Gang.encrypted(2, LIMITS, AUTHORITY, tls)) {
      Credentials other = OTHER_AUTHORITY.issue(3, 1);
      assertRefused(
          gang,
          Stranger.encrypting(other, Stranger.hello(3, 1, 0)),
          "its certificate is not of this run's authority");
    }
  }

  /** As a client it refuses the listener first, so the listener only learns that it was refused. */
  @Test
  void aMemberOfAnotherAuthorityIsRefused() throws Exception {
    try (Gang gang = Gang.encrypted(2, LIMITS, AUTHORITY, Encryption.provider())) {
      Impostor other = new Impostor(secretOf(gang), OTHER_AUTHORITY.issue(3, 1), 3);
      assertRefused(gang, other.dialling(), NO_TLS);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OPENSSL"})
  void whoShowsNoCertificateIsRefused(SslProvider tls) throws Exception {
    try (Gang gang = Gang.encrypted(2, LIMITS, AUTHORITY, tls)) {
      Stranger nameless = Stranger.encrypting(Credentials.NONE, Stranger.hello(3, 1, 0));
      assertRefused(gang, nameless, NO_TLS);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OPENSSL"})
  void theCertificateOfAnotherRankIsRefused(SslProvider tls) throws Exception {
    try (Gang gang = Gang.encrypted(2, LIMITS, AUTHORITY, tls)) {
      Impostor rank2 = new Impostor(secretOf(gang), AUTHORITY.issue(3, 2), 3);
      assertRefused(
          gang,
          rank2.dialling(),
          "it says it is rank 1 of attempt 3, but its certificate is of [CN=rank 2,OU=attempt 3]");
    }
  }

  @Test
  void theCertificateOfAnotherAttemptIsRefused() throws Exception {
    try (Gang gang = Gang.encrypted(2, LIMITS, AUTHORITY, Encryption.provider())) {
      Impostor old = new Impostor(secretOf(gang), AUTHORITY.issue(2, 1), 3);
      assertRefused(
          gang,
          old.dialling(),
          "it says it is rank 1 of attempt 3, but its certificate is of [CN=rank 1,OU=attempt 2]");
    }
  }

  @Test
  void aCertificateWithoutTheSecretIsRefused() throws Exception {
    try (Gang gang = Gang.encrypted(2, LIMITS, AUTHORITY, Encryption.provider())) {
      Impostor ignorant = new Impostor(RunSecret.random(), AUTHORITY.issue(3, 1), 3);
      assertRefused(gang, ignorant.dialling(), NO_SECRET);
    }
  }

  private static RunSecret secretOf(Gang gang) {
    return gang.endpoint(0).member().secret();
  }

  private static void assertRefused(Gang gang, Stranger stranger, String reason) throws Exception {
    Running running = Running.start(gang.rank(0), gang.rank(1));
    assertRefused(gang.endpoint(0), running, stranger, reason);
  }

  /** The exchange is at work before, while and after the stranger comes twice. */
  private static void assertRefused(
      NettyEndpoint target, Running running, Stranger stranger, String reason) throws Exception {
    LINES.lines.clear();
    stranger.knock(target);
    await().atMost(SOON).until(() -> !target.refusals().lines().isEmpty());
    running.assertGoesOn();
    stranger.knock(target);
    running.assertGoesOn();
    running.assertEndsWell();
    assertThat(LINES.lines).as("logged").hasSize(1);
    if (reason.equals(NO_TLS)) { // what follows is the TLS library's
      assertThat(LINES.lines.get(0)).startsWith(REFUSED + reason);
    } else {
      assertThat(LINES.lines).containsExactly(REFUSED + reason);
    }
  }

  private static Arguments row(String name, Stranger stranger, String reason) {
    return Arguments.of(name, stranger, reason);
  }
}
