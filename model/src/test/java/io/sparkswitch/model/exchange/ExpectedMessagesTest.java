package io.sparkswitch.model.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sparkswitch.model.exchange.ExchangeTest.Maker;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Long messages, whose place is known before they come, or which come before it is. */
class ExpectedMessagesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int SIZE = 3;
  private static final int EMBED = 128;
  private static final int ROUNDS = 12;
  private static final int HALF = 100_000;

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.sparkswitch.model.exchange.ExchangeTest#kinds")
  void rowsArriveAsTheTwinHasThemWhoeverComesFirst(String kind, Maker maker) throws Exception {
    Random random = new Random(3);
    try (Gang gang = maker.make(SIZE, PATIENCE)) {
      List<List<Tensor>> outgoing = new ArrayList<>();
      List<int[][]> rows = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        // From nothing to 1.5 MB: on both sides of what a mailbox holds, and of what is put in
        // place.
        int[][] counts = new int[SIZE][SIZE];
        List<Tensor> ofRound = new ArrayList<>();
        for (int[] row : counts) {
          row[0] = random.nextInt(3000);
          row[1] = random.nextInt(300);
          row[2] = random.nextInt(3) == 0 ? 0 : random.nextInt(1000);
          ofRound.add(torch.randn(IntStream.of(row).sum(), EMBED));
        }
        rows.add(counts);
        outgoing.add(ofRound);
      }
      List<List<Tensor>> received =
          gang.all(
              e -> {
                Random pauses = new Random(e.rank());
                List<Tensor> all = new ArrayList<>();
                for (int round = 0; round < ROUNDS; round++) {
                  Thread.sleep(pauses.nextInt(4)); // earlier than one peer, later than another
                  int[][] counts = rows.get(round);
                  int[] from = new int[SIZE];
                  for (int s = 0; s < SIZE; s++) {
                    from[s] = counts[s][e.rank()];
                  }
                  all.add(
                      e.allToAll(
                          ExchangeTest.tag(round, Direction.DISPATCH),
                          outgoing.get(round).get(e.rank()),
                          counts[e.rank()],
                          from));
                }
                return all;
              });
      for (int round = 0; round < ROUNDS; round++) {
        List<Tensor> expected = ExchangeTwin.allToAll(outgoing.get(round), rows.get(round));
        for (int rank = 0; rank < SIZE; rank++) {
          assertThat(torch.equal(received.get(rank).get(round), expected.get(rank))).isTrue();
        }
      }
    }
  }

  @Test
  void bytesGoToTheirPlaceBeforeAnybodyWaitsAndNowhereOnceItIsWithdrawn() {
    Tag tag = ExchangeTest.tag(1, Direction.DISPATCH);
    Mailbox mailbox = new Mailbox(1, "rank 1", PATIENCE);
    ByteBuffer memory = ByteBuffer.allocateDirect(2 * HALF);
    mailbox.expect(tag, memory.duplicate());
    mailbox.deliver(new Frame(1, tag, 2 * HALF, 2 * HALF));
    mailbox.deliver(ones());

    assertThat(memory.get(HALF - 1)).as("the last byte that came").isEqualTo((byte) 1);
    assertThat(mailbox.queuedBytes()).isZero();

    mailbox.withdraw();
    mailbox.deliver(ones());

    assertThat(memory.get(HALF)).as("the first byte after that").isZero();
    assertThat(mailbox.queuedBytes()).isEqualTo(HALF);
    mailbox.discard();
    mailbox.deliver(ones());
    assertThat(mailbox.queuedBytes()).as("once nobody receives any more").isZero();
  }

  @Test
  void whatCameBeforeIsTakenFirstAndTheRestGoesToItsPlace() {
    Tag tag = ExchangeTest.tag(1, Direction.DISPATCH);
    Mailbox mailbox = new Mailbox(1, "rank 1", PATIENCE);
    mailbox.deliver(new Frame(1, tag, 2 * HALF, 2 * HALF));
    mailbox.deliver(ones());
    ByteBuffer memory = ByteBuffer.allocateDirect(2 * HALF);
    Runnable message = mailbox.expect(tag, memory.duplicate());
    assertThat(mailbox.isPosted()).isTrue();
    mailbox.deliver(ones());

    message.run();

    byte[] all = new byte[2 * HALF];
    memory.get(all);
    assertThat(all).containsOnly(1);
    assertThat(mailbox.isPosted()).isFalse();
  }

  private static ByteBuf ones() {
    byte[] bytes = new byte[HALF];
    Arrays.fill(bytes, (byte) 1);
    return Unpooled.wrappedBuffer(bytes);
  }
}
