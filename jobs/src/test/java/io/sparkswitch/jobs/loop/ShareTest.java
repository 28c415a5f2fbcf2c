package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareTest {

  @ParameterizedTest(name = "{0} sequences in groups of {1} over {2} ranks")
  @CsvSource({"16,2,2", "16,2,3", "8,2,4", "13,4,2", "7,0,1", "3,2,4", "1,8,2", "9,1,5"})
  void sharesFollowOneAnotherAndHoldWholeGroups(int sequences, int group, int ranks) {
    List<Share> shares = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      shares.add(Share.of(sequences, group, rank, ranks));
    }

    assertCover(shares, new Share(0, sequences), group);
    int groups = group == 0 ? 1 : (sequences + group - 1) / group;
    assertThat(shares)
        .as("as evenly as can be")
        .allSatisfy(
            share ->
                assertThat(groups(share, group)).isBetween(groups / ranks, groups / ranks + 1));
  }

  @ParameterizedTest(name = "{0} sequences in groups of {1}, {2} ranks, {3} parts")
  @CsvSource({"16,2,2,2", "16,2,2,4", "16,2,2,3", "24,4,3,2", "13,4,2,2"})
  void partsOfAShareFollowOneAnotherAndHoldWholeGroups(
      int sequences, int group, int ranks, int parts) {
    for (int rank = 0; rank < ranks; rank++) {
      Share share = Share.of(sequences, group, rank, ranks);
      List<Share> all = new ArrayList<>();
      for (int part = 0; part < parts; part++) {
        all.add(share.part(group, part, parts));
      }
      assertCover(all, share, group);
    }
  }

  private static void assertCover(List<Share> shares, Share whole, int group) {
    int next = whole.from();
    for (Share share : shares) {
      assertThat(share.from()).as("%s", shares).isEqualTo(next);
      assertThat(share.isEmpty()).isEqualTo(share.to() == share.from());
      if (group > 0 && share.to() < whole.to()) {
        assertThat(share.to() % group).as("%s", shares).isZero();
      }
      next = share.to();
    }
    assertThat(next).isEqualTo(whole.to());
  }

  private static int groups(Share share, int group) {
    return share.isEmpty() ? 0 : group == 0 ? 1 : (share.to() - share.from() + group - 1) / group;
  }
}
