package io.sparkswitch.jobs.conf;

import com.typesafe.config.ConfigUtil;
import java.lang.reflect.RecordComponent;
import java.time.Duration;

/** From a record of settings to HOCON, the way back of {@link SettingsBinder}. */
final class SettingsRenderer {
  private SettingsRenderer() {}

  static String render(Record settings) {
    StringBuilder text = new StringBuilder();
    append(text, settings, "");
    return text.toString();
  }

  private static void append(StringBuilder text, Record settings, String indent) {
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      String key = Keys.kebab(component.getName());
      Object value = value(settings, component);
      if (value instanceof Record section) {
        text.append(indent).append(key).append(" {\n");
        append(text, section, indent + "  ");
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
