package io.sparkswitch.data.demo;

import java.time.Instant;
import java.util.Random;

/** Tells stories: each a pure function of (seed, split, index). Safe from any thread. */
final class Storyteller {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final long FIRST_SECOND = Instant.parse("2019-04-18T00:00:00Z").getEpochSecond();
  private static final int SECONDS = 10 * 24 * 3600;

  private final long seed;
  private final World world;

  Storyteller(long seed) {
    this.seed = seed;
    this.world = World.of(seed);
  }

  World world() {
    return world;
  }

  Story tell(Split split, long index) {
    Random random = new Random(mix(mix(mix(seed) + split.ordinal()) + index));
    Genre genre = Genre.values()[random.nextInt(Genre.values().length)];
    String text = new Telling(genre.grammar(), new Cast(world, random), random).story();
    String timestamp = Instant.ofEpochSecond(FIRST_SECOND + random.nextInt(SECONDS)).toString();
    String url =
        "https://stories.example/%s/%s%d"
            .formatted(genre.path(), split == Split.TRAIN ? "" : split.label() + "-", index);
    return new Story(text, timestamp, url);
  }

  /** SplitMix64's finaliser. */
  private static long mix(long value) {
    long mixed = value + GOLDEN_GAMMA;
    mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }
}
