package dev.parley.isolate;

import dev.parley.wire.api.Value;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Values to the plugin's own types and back. The host has checked them against the schema before.
 */
final class Binding {
    private Binding() {}

    static @Nullable Object toJava(@Nullable Value value, Type type)
            throws ReflectiveOperationException {
        Class<?> raw = raw(type);
        if (raw == Optional.class) {
            return value == null || value instanceof Value.Null
                    ? Optional.empty()
                    : Optional.ofNullable(toJava(value, argument(type, 0)));
        }
        if (value instanceof Value.Text text) {
            return raw.isEnum() ? constant(raw, text.value()) : text.value();
        } else if (value instanceof Value.Bool bool) {
            return bool.value();
        } else if (value instanceof Value.Int number) {
            return number(number.value(), raw);
        } else if (value instanceof Value.Real real) {
            return real.value();
        } else if (value instanceof Value.List list) {
            List<Object> items = new ArrayList<>();
            for (Value item : list.items()) {
                items.add(toJava(item, argument(type, 0)));
            }
            return List.copyOf(items);
        } else if (value instanceof Value.Map map) {
            return raw.isRecord() ? record(map, raw) : map(map, argument(type, 1));
        }
        throw new IllegalArgumentException("no " + raw.getSimpleName() + " in " + value);
    }

    private static Object number(long value, Class<?> raw) {
        if (raw == double.class || raw == Double.class) {
            return (double) value;
        }
        return raw == int.class || raw == Integer.class
                ? (Object) Math.toIntExact(value)
                : (Object) value;
    }

    private static Object constant(Class<?> type, String name) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("no " + type.getSimpleName() + " is called " + name);
    }

    private static Map<String, Object> map(Value.Map map, Type values)
            throws ReflectiveOperationException {
        Map<String, Object> entries = new LinkedHashMap<>();
        for (Map.Entry<Value, Value> entry : map.entries().entrySet()) {
            Object value = toJava(entry.getValue(), values);
            if (entry.getKey() instanceof Value.Text key && value != null) {
                entries.put(key.value(), value);
            }
        }
        return entries;
    }

    private static Object record(Value.Map map, Class<?> type) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        @Nullable Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] =
                    toJava(
                            map.get(components[i].getName()).orElse(null),
                            components[i].getGenericType());
        }
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor.newInstance(values);
    }

    static Value toValue(@Nullable Object object) throws ReflectiveOperationException {
        if (object == null) {
            throw new IllegalArgumentException("a tool gave out null");
        } else if (object instanceof String text) {
            return Value.of(text);
        } else if (object instanceof Boolean bool) {
            return Value.of(bool.booleanValue());
        } else if (object instanceof Integer || object instanceof Long) {
            return Value.of(((Number) object).longValue());
        } else if (object instanceof Double real) {
            return Value.of(real.doubleValue());
        } else if (object instanceof Enum<?> constant) {
            return Value.of(constant.name());
        } else if (object instanceof List<?> list) {
            List<Value> items = new ArrayList<>();
            for (Object item : list) {
                items.add(toValue(item));
            }
            return Value.list(items);
        } else if (object instanceof Map<?, ?> map) {
            Value.MapBuilder entries = Value.map();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                entries.put(String.valueOf(entry.getKey()), toValue(entry.getValue()));
            }
            return entries.build();
        } else if (object instanceof Record) {
            return recordValue(object);
        }
        throw new IllegalArgumentException("a tool gave out a " + object.getClass().getName());
    }

    private static Value recordValue(Object object) throws ReflectiveOperationException {
        Value.MapBuilder members = Value.map();
        for (RecordComponent component : object.getClass().getRecordComponents()) {
            component.getAccessor().setAccessible(true);
            Object member;
            try {
                member = component.getAccessor().invoke(object);
            } catch (InvocationTargetException e) {
                throw new IllegalArgumentException(
                        "the accessor of " + component.getName() + " failed", e);
            }
            if (member instanceof Optional<?> optional) {
                if (optional.isPresent()) {
                    members.put(component.getName(), toValue(optional.get()));
                }
            } else {
                members.put(component.getName(), toValue(member));
            }
        }
        return members.build();
    }

    private static Class<?> raw(Type type) {
        return type instanceof ParameterizedType parameterized
                ? (Class<?>) parameterized.getRawType()
                : (Class<?>) type;
    }

    private static Type argument(Type type, int index) {
        if (type instanceof ParameterizedType parameterized) {
            return parameterized.getActualTypeArguments()[index];
        }
        throw new IllegalArgumentException(type + " has no type arguments");
    }
}
