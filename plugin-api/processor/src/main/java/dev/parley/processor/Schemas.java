package dev.parley.processor;

import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/**
 * JSON Schema 2020-12 from Java types: the subset that {@code
 * docs/protocols/0008-plugin-descriptor.md} names.
 */
final class Schemas {
    private static final int MAX_DEPTH = 8;

    private Schemas() {}

    static String input(ExecutableElement method) throws InvalidPluginException {
        List<Property> properties = new ArrayList<>();
        for (VariableElement parameter : method.getParameters()) {
            properties.add(new Property(parameter.getSimpleName().toString(), parameter.asType()));
        }
        return object(properties, method, 0);
    }

    static String output(ExecutableElement method) throws InvalidPluginException {
        TypeMirror type = method.getReturnType();
        if (type.getKind() == TypeKind.VOID) {
            return object(List.of(), method, 0);
        }
        return isRecord(type)
                ? schema(type, method, 0)
                : object(List.of(new Property("result", type)), method, 0);
    }

    static boolean isRecord(TypeMirror type) {
        return type instanceof DeclaredType declared
                && declared.asElement().getKind() == ElementKind.RECORD;
    }

    private record Property(String name, TypeMirror type) {}

    private static String object(List<Property> properties, Element where, int depth)
            throws InvalidPluginException {
        JsonObject members = new JsonObject();
        List<String> required = new ArrayList<>();
        for (Property property : properties) {
            members.raw(property.name(), schema(property.type(), where, depth + 1));
            if (!name(property.type()).equals("java.util.Optional")) {
                required.add(property.name());
            }
        }
        return new JsonObject()
                .put("type", "object")
                .raw("properties", members.toString())
                .raw("required", JsonObject.texts(required))
                .raw("additionalProperties", "false")
                .toString();
    }

    private static String name(TypeMirror type) {
        return type instanceof DeclaredType declared
                ? ((TypeElement) declared.asElement()).getQualifiedName().toString()
                : type.toString();
    }

    private static String schema(TypeMirror type, Element where, int depth)
            throws InvalidPluginException {
        if (depth > MAX_DEPTH) {
            throw new InvalidPluginException(where, "types are nested deeper than " + MAX_DEPTH);
        }
        switch (name(type)) {
            case "java.lang.String":
                return "{\"type\":\"string\"}";
            case "boolean", "java.lang.Boolean":
                return "{\"type\":\"boolean\"}";
            case "int", "java.lang.Integer":
                return "{\"type\":\"integer\",\"minimum\":-2147483648,\"maximum\":2147483647}";
            case "long", "java.lang.Long":
                return "{\"type\":\"integer\"}";
            case "double", "java.lang.Double":
                return "{\"type\":\"number\"}";
            case "java.util.Optional":
                return schema(argument(type, 0, where), where, depth + 1);
            case "java.util.List":
                return new JsonObject()
                        .put("type", "array")
                        .raw("items", schema(argument(type, 0, where), where, depth + 1))
                        .toString();
            case "java.util.Map":
                if (!name(argument(type, 0, where)).equals("java.lang.String")) {
                    throw new InvalidPluginException(where, "a Map has String keys, found " + type);
                }
                return new JsonObject()
                        .put("type", "object")
                        .raw(
                                "additionalProperties",
                                schema(argument(type, 1, where), where, depth + 1))
                        .toString();
            default:
                return declared(type, where, depth);
        }
    }

    private static TypeMirror argument(TypeMirror type, int index, Element where)
            throws InvalidPluginException {
        List<? extends TypeMirror> arguments = ((DeclaredType) type).getTypeArguments();
        if (arguments.size() <= index) {
            throw new InvalidPluginException(where, type + " needs its type arguments");
        }
        return arguments.get(index);
    }

    private static String declared(TypeMirror type, Element where, int depth)
            throws InvalidPluginException {
        if (type instanceof DeclaredType declared) {
            Element element = declared.asElement();
            if (element.getKind() == ElementKind.RECORD) {
                List<Property> properties = new ArrayList<>();
                for (RecordComponentElement component :
                        ((TypeElement) element).getRecordComponents()) {
                    properties.add(
                            new Property(component.getSimpleName().toString(), component.asType()));
                }
                return object(properties, where, depth);
            }
            if (element.getKind() == ElementKind.ENUM) {
                List<String> names =
                        element.getEnclosedElements().stream()
                                .filter(it -> it.getKind() == ElementKind.ENUM_CONSTANT)
                                .map(it -> it.getSimpleName().toString())
                                .toList();
                return new JsonObject()
                        .put("type", "string")
                        .raw("enum", JsonObject.texts(names))
                        .toString();
            }
        }
        throw new InvalidPluginException(
                where,
                "a tool cannot take or give "
                        + type
                        + "; it can String, boolean, int, long, double, enums, records,"
                        + " and List, Map<String, …> and Optional of these");
    }
}
