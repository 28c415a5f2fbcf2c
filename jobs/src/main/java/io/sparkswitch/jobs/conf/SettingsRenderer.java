package io.sparkswitch.jobs.conf;

import com.typesafe.config.ConfigUtil;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** From a record of settings to HOCON, the way back of {@link SettingsBinder}. */
final class SettingsRenderer {
  private SettingsRenderer() {}

  /**
   * @param only keys and sections of the top level; empty for all
   */
  static String render(Record settings, List<String> only) {
    StringBuilder text = new StringBuilder();
    append(text, settings, "", only);
    return text.toString();
  }

  private static void append(
      StringBuilder text, Record settings, String indent, List<String> only) {
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      String key = Keys.kebab(component.getName());
      if (!only.isEmpty() && !only.contains(key)) {
        continue;
      }
      Object value = value(settings, component);
      if (value instanceof Record section) {
        text.append(indent).append(key).append(" {\n");
        append(text, section, indent + "  ", List.of());
        text.append(indent).append("}\n");
      } else {
        text.append(indent).append(key).append(" = ");
        text.append(leaf(component, value)).append('\n');
      }
    }
  }

  private static String leaf(RecordComponent component, Object value) {
    Word word = component.getAnnotation(Word.class);
    if (word != null && ((Number) value).doubleValue() == word.means()) {
      return word.value();
    }
    if (value instanceof Enum<?> constant) {
      return Keys.kebab(constant);
    }
    if (value instanceof Duration duration) {
      return duration.toMillis() + "ms";
    }
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> ConfigUtil.quoteString((String) entry.getKey()) + " = " + entry.getValue())
          .collect(Collectors.joining(", ", "{", "}"));
    }
    return value instanceof String string ? ConfigUtil.quoteString(string) : value.toString();
  }

  private static Object value(Record settings, RecordComponent component) {
    try {
      return component.getAccessor().invoke(settings);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }
}
