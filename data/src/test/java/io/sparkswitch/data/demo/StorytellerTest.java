package io.sparkswitch.data.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StorytellerTest {
  private static final int STORIES = 1500;
  private static final Storyteller TELLER = new Storyteller(1);
  private static final List<Story> TRAIN = stories(TELLER, Split.TRAIN);
  private static final List<Story> VALIDATION = stories(TELLER, Split.VALIDATION);
  private static final Map<String, Person> BY_NAME =
      TELLER.world().people().stream().collect(Collectors.toMap(Person::name, Function.identity()));
  private static final Pattern NAMES = anyOf(BY_NAME.keySet());
  private static final Map<Attribute, Pattern> VALUES = new EnumMap<>(Attribute.class);

  static {
    for (Attribute attribute : Attribute.values()) {
      VALUES.put(attribute, anyOf(attribute.lexicon().words()));
    }
  }

  @Test
  void theWorldHas512PeopleOfFourFactsWith64ValuesEach() {
    assertThat(BY_NAME).hasSize(512);
    for (Attribute attribute : Attribute.values()) {
      Map<String, Long> uses =
          BY_NAME.values().stream()
              .collect(
                  Collectors.groupingBy(
                      person -> person.facts().get(attribute), Collectors.counting()));
      assertThat(uses).hasSize(64).allSatisfy((value, count) -> assertThat(count).isEqualTo(8));
    }
  }

  @Test
  void noValueIsPartOfAnother() {
    List<String> values =
        VALUES.keySet().stream().flatMap(a -> a.lexicon().words().stream()).toList();
    for (String value : values) {
      assertThat(values)
          .filteredOn(other -> anyOf(List.of(value)).matcher(other).find())
          .containsExactly(value);
    }
  }

  @Test
  void noStoryContradictsTheWorld() {
    int facts = 0;
    for (Story story : TRAIN) {
      for (String sentence : story.text().split("(?<=[.!?][\" ])|\n")) {
        Set<Person> people = people(sentence);
        for (Attribute attribute : Attribute.values()) {
          Matcher values = VALUES.get(attribute).matcher(sentence);
          while (values.find() && people.size() == 1) {
            assertThat(values.group().toLowerCase(Locale.ROOT))
                .as("%s of the sentence: %s", attribute, sentence)
                .isEqualTo(
                    people.iterator().next().facts().get(attribute).toLowerCase(Locale.ROOT));
            facts++;
          }
        }
      }
      Set<Person> cast = people(story.text());
      for (Attribute attribute : Attribute.values()) {
        Set<String> known =
            cast.stream()
                .map(person -> person.facts().get(attribute).toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        Matcher values = VALUES.get(attribute).matcher(story.text());
        while (values.find()) {
          assertThat(known).as(story.text()).contains(values.group().toLowerCase(Locale.ROOT));
        }
      }
    }
    assertThat(facts).isGreaterThan(3 * STORIES);
  }

  @Test
  void everyAlternativeOfAnAttributeNamesPersonAndValue() {
    for (Genre genre : Genre.values()) {
      for (Attribute attribute : Attribute.values()) {
        assertThat(genre.grammar().alternatives(attribute.symbol()))
            .hasSizeGreaterThan(3)
            .allMatch(line -> line.contains("{name}"))
            .allMatch(
                line ->
                    line.contains("{" + attribute.symbol() + "}")
                        || line.contains("{a:" + attribute.symbol() + "}")
                        || line.contains("our {" + attribute.symbol() + "}"));
      }
    }
  }

  @Test
  void everyRuleIsUsedAndEverySlotHasARule() {
    Pattern slots = Pattern.compile("\\{([^}]*)}");
    Set<String> given = Set.of("name", "first", "town", "trade", "companion", "dish");
    for (Genre genre : Genre.values()) {
      Set<String> used = new HashSet<>(given);
      used.add("story");
      genre.grammar().rules().values().stream()
          .flatMap(List::stream)
          .flatMap(line -> slots.matcher(line).results())
          .map(slot -> slot.group(1).replace("=", ""))
          .filter(slot -> !slot.contains(":"))
          .forEach(used::add);
      Set<String> rules = new HashSet<>(genre.grammar().symbols());
      rules.addAll(given);
      assertThat(used).as(genre.path()).isEqualTo(rules);
    }
  }

  @Test
  void templatesNameNoValueByThemselves() {
    for (Genre genre : Genre.values()) {
      for (String line : genre.grammar().rules().values().stream().flatMap(List::stream).toList()) {
        String fixed = line.replaceAll("\\{[^}]*}", "{}");
        VALUES.forEach(
            (attribute, values) ->
                assertThat(values.matcher(fixed).find())
                    .as("%s in: %s", attribute, line)
                    .isFalse());
      }
    }
  }

  @Test
  void aFewPeopleAreMentionedOftenAndTheRestRarely() {
    Map<Person, Integer> mentions = new HashMap<>();
    TRAIN.forEach(
        story -> people(story.text()).forEach(person -> mentions.merge(person, 1, Integer::sum)));
    int head =
        TELLER.world().people().subList(0, 16).stream()
            .mapToInt(p -> mentions.getOrDefault(p, 0))
            .sum();
    int tail =
        TELLER.world().people().subList(256, 512).stream()
            .mapToInt(p -> mentions.getOrDefault(p, 0))
            .sum();
    assertThat(head).isGreaterThan(3 * tail);
    assertThat(tail).isPositive();
  }

  @Test
  void validationStoriesAreNew() {
    Set<String> train = TRAIN.stream().map(Story::text).collect(Collectors.toSet());
    assertThat(train).hasSize(STORIES);
    assertThat(VALIDATION).extracting(Story::text).doesNotContainAnyElementsOf(train);
    assertThat(VALIDATION)
        .extracting(Story::url)
        .doesNotContainAnyElementsOf(TRAIN.stream().map(Story::url).toList());
  }

  @Test
  void aStoryDependsOnSeedSplitAndIndexAlone() {
    assertThat(new Storyteller(1).tell(Split.TRAIN, 77)).isEqualTo(TRAIN.get(77));
    assertThat(new Storyteller(2).tell(Split.TRAIN, 77)).isNotEqualTo(TRAIN.get(77));
  }

  @Test
  void storiesAreFinishedTextOfAllGenres() {
    EnumSet<Genre> genres = EnumSet.noneOf(Genre.class);
    for (Story story : TRAIN) {
      assertThat(story.text())
          .doesNotContain("{", "}", "  ", " ,", " .", " \n")
          .matches("(?s)[A-Z\"].*");
      assertThat(story.url()).matches("https://stories\\.example/[a-z]+/\\d+");
      assertThat(story.timestamp()).matches("2019-04-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
      genres.add(Genre.valueOf(story.url().split("/")[3].toUpperCase(Locale.ROOT)));
    }
    assertThat(genres).containsExactly(Genre.values());
  }

  private static List<Story> stories(Storyteller teller, Split split) {
    return LongStream.range(0, STORIES).mapToObj(index -> teller.tell(split, index)).toList();
  }

  private static Set<Person> people(String text) {
    return NAMES
        .matcher(text)
        .results()
        .map(match -> BY_NAME.get(match.group()))
        .collect(Collectors.toSet());
  }

  private static Pattern anyOf(Collection<String> words) {
    String alternatives =
        words.stream()
            .sorted((a, b) -> b.length() - a.length())
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    return Pattern.compile("\\b(?i:" + alternatives + ")\\b");
  }
}
