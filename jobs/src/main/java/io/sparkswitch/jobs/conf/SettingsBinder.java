package io.sparkswitch.jobs.conf;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * From HOCON to a record of settings: a component's name in kebab-case is its key, a component that
 * is itself a record is a section. Every key must be present.
 */
final class SettingsBinder {
  private final Config config;

  SettingsBinder(Config config) {
    this.config = config;
  }

  /**
   * The settings of a section, checked by the record's own constructor.
   *
   * @throws ConfigException a value has the wrong type or is not allowed
   */
  <R extends Record> R bind(Class<R> type, String section) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = value(components[i], Keys.join(section, Keys.kebab(components[i].getName())));
    }
    return construct(type, components, values);
  }

  private Object value(RecordComponent component, String key) {
    Class<?> type = component.getType();
    if (type.isRecord()) {
      return bind(type.asSubclass(Record.class), key);
    }
    ConfigValue value = config.getValue(key);
    Object given = value.unwrapped();
    Word word = component.getAnnotation(Word.class);
    if (word != null && word.value().equals(given)) {
      given = word.means();
    }
    try {
      return convert(type, key, given);
    } catch (IllegalArgumentException | ArithmeticException e) {
      String or = word == null ? "" : " or " + word.value();
      throw new ConfigException(
          "%s = %s is not allowed: it must be %s%s (%s)"
              .formatted(key, shown(value), expected(type), or, Origins.describe(value)),
          e);
    }
  }

  private Object convert(Class<?> type, String key, Object given) {
    if (type == int.class) {
      return number(given).intValueExact();
    } else if (type == long.class) {
      return number(given).longValueExact();
    } else if (type == double.class) {
      return given instanceof Double d ? d : number(given).doubleValue();
    } else if (type == boolean.class && given instanceof Boolean) {
      return given;
    } else if (type == String.class && given instanceof String) {
      return given;
    } else if (type.isEnum()) {
      return constant(type, given);
    } else if (type == Duration.class && given instanceof String) {
      return duration(key);
    } else if (type == SortedMap.class && given instanceof Map<?, ?> map) {
      return numbers(map);
    }
    throw new IllegalArgumentException("not a " + type.getSimpleName());
  }

  private static SortedMap<String, Double> numbers(Map<?, ?> given) {
    SortedMap<String, Double> numbers = new TreeMap<>();
    given.forEach((word, value) -> numbers.put((String) word, number(value).doubleValue()));
    return numbers;
  }

  private Duration duration(String key) {
    try {
      return config.getDuration(key);
    } catch (com.typesafe.config.ConfigException e) {
      throw new IllegalArgumentException("not a duration", e);
    }
  }

  private static BigDecimal number(Object given) {
    if (given instanceof Number || given instanceof String) {
      return new BigDecimal(given.toString());
    }
    throw new IllegalArgumentException("not a number");
  }

  private static Object constant(Class<?> type, Object given) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> Keys.kebab((Enum<?>) constant).equals(given))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such word"));
  }

  private static String expected(Class<?> type) {
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> Keys.kebab((Enum<?>) constant))
          .collect(Collectors.joining(" or "));
    }
    if (type == Duration.class) {
      return "a duration with its unit, such as 90s or 2m";
    }
    if (type == boolean.class) {
      return "true or false";
    }
    if (type == String.class) {
      return "a word";
    }
    if (type == SortedMap.class) {
      return "numbers by name, such as { en = 0.7, de = 0.3 }";
    }
    return type == double.class ? "a number" : "a whole number";
  }

  private static String shown(ConfigValue value) {
    return value.render(com.typesafe.config.ConfigRenderOptions.concise());
  }

  private <R extends Record> R construct(
      Class<R> type, RecordComponent[] components, Object[] values) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<R> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InvalidSettingException invalid) {
        String where = Origins.describe(config.getValue(invalid.key()));
        throw new ConfigException("%s (%s)".formatted(invalid.getMessage(), where), invalid);
      }
      throw new IllegalStateException("cannot check " + type.getSimpleName(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot construct " + type.getSimpleName(), e);
    }
  }
}
