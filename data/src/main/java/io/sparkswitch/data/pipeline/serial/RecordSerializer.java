package io.sparkswitch.data.pipeline.serial;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records for Kryo 4, which knows none: components in order, read back through the canonical
 * constructor. Lists and maps travel as ArrayList and LinkedHashMap, whatever they were.
 */
public final class RecordSerializer extends Serializer<Record> {
  @Override
  public void write(Kryo kryo, Output output, Record record) {
    try {
      for (RecordComponent component : record.getClass().getRecordComponents()) {
        component.getAccessor().setAccessible(true);
        kryo.writeClassAndObject(output, plain(component.getAccessor().invoke(record)));
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot take apart " + record.getClass(), e);
    }
  }

  @Override
  public Record read(Kryo kryo, Input input, Class<Record> type) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = kryo.readClassAndObject(input);
    }
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<Record> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot put together " + type, e);
    }
  }

  private static Object plain(Object value) {
    if (value instanceof List<?> list) {
      return new ArrayList<>(list);
    }
    return value instanceof Map<?, ?> map ? new LinkedHashMap<>(map) : value;
  }
}
