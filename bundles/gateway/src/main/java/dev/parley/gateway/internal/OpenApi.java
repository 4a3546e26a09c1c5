package dev.parley.gateway.internal;

import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Argument;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The OpenAPI 3.1 document of the table that dispatches. */
final class OpenApi {
    private OpenApi() {}

    static Value.Map document(List<Operation> operations) {
        Map<String, Value.MapBuilder> paths = new LinkedHashMap<>();
        for (Operation operation : operations) {
            paths.computeIfAbsent(operation.path(), path -> Value.map())
                    .put(operation.method().toLowerCase(Locale.ROOT), describe(operation));
        }
        Value.MapBuilder pathItems = Value.map();
        paths.forEach((path, item) -> pathItems.put(path, item.build()));
        return Value.map()
                .put("openapi", "3.1.0")
                .put("info", Value.map().put("title", "Parley").put("version", "1.0.0").build())
                .put("security", Value.list(List.of(scheme("token", Value.list(List.of())))))
                .put("paths", pathItems.build())
                .put(
                        "components",
                        Value.map()
                                .put("securitySchemes", scheme("token", bearer()))
                                .put(
                                        "schemas",
                                        Value.map()
                                                .put("Error", errorSchema())
                                                .put("Line", lineSchema())
                                                .build())
                                .build())
                .build();
    }

    private static Value.Map scheme(String name, Value value) {
        return Value.map().put(name, value).build();
    }

    private static Value bearer() {
        return Value.map().put("type", "http").put("scheme", "bearer").build();
    }

    private static Value.Map describe(Operation operation) {
        List<Value> parameters = new ArrayList<>();
        Value.MapBuilder properties = Value.map();
        List<String> required = new ArrayList<>();
        boolean body = false;
        Value whole = Value.NULL;
        for (Argument argument : operation.arguments()) {
            boolean inPath = operation.inPath(argument);
            if (inPath || !Router.hasBody(operation)) {
                parameters.add(parameter(argument, inPath));
            } else if (argument.type() == Type.BODY) {
                whole = schema(argument);
            } else {
                body = true;
                properties.put(argument.name(), schema(argument));
                if (argument.required()) {
                    required.add(argument.name());
                }
            }
        }
        Value.MapBuilder described =
                Value.map()
                        .put("operationId", operation.name())
                        .put("summary", operation.summary())
                        .put("parameters", Value.list(parameters));
        if (body) {
            whole = object(properties, required);
        }
        if (!whole.equals(Value.NULL)) {
            described.put("requestBody", content("application/json", whole));
        }
        return described.put("responses", responses(operation)).build();
    }

    /** All arguments of an operation as one object (JSON Schema). */
    static Value.Map input(Operation operation) {
        Value.MapBuilder properties = Value.map();
        List<String> required = new ArrayList<>();
        for (Argument argument : operation.arguments()) {
            properties.put(argument.name(), schema(argument));
            if (argument.required()) {
                required.add(argument.name());
            }
        }
        return object(properties, required);
    }

    private static Value.Map object(Value.MapBuilder properties, List<String> required) {
        return Value.map()
                .put("type", "object")
                .put("properties", properties.build())
                .put("required", Value.texts(required))
                .put("additionalProperties", false)
                .build();
    }

    private static Value parameter(Argument argument, boolean inPath) {
        return Value.map()
                .put("name", argument.name())
                .put("in", inPath ? "path" : "query")
                .put("required", inPath || argument.required())
                .put("description", argument.description())
                .put("schema", schema(argument))
                .build();
    }

    private static Value schema(Argument argument) {
        Value.MapBuilder schema = Value.map().put("description", argument.description());
        switch (argument.type()) {
            case TEXT -> schema.put("type", "string");
            case INTEGER -> schema.put("type", "integer");
            case TEXTS ->
                    schema.put("type", "array")
                            .put("items", Value.map().put("type", "string").build());
            case BODY -> schema.put("type", "object");
            case ANY -> {}
        }
        return schema.build();
    }

    private static Value content(String type, Value schema) {
        return Value.map()
                .put(
                        "content",
                        Value.map().put(type, Value.map().put("schema", schema).build()).build())
                .build();
    }

    private static Value responses(Operation operation) {
        Value.MapBuilder types =
                Value.map().put("application/json", Value.map().put("schema", Value.TRUE).build());
        if (operation.streams() == Operation.Streams.EVENTS) {
            types = Value.map().put(HttpGateway.SSE, sse());
        }
        if (operation.streams() != Operation.Streams.NOTHING) {
            types.put(HttpGateway.NDJSON, Value.map().put("schema", reference("Line")).build());
        }
        return Value.map()
                .put(
                        "200",
                        Value.map()
                                .put("description", "done")
                                .put("content", types.build())
                                .build())
                .put(
                        "default",
                        Value.map()
                                .put("description", "not done; error.code says why")
                                .put(
                                        "content",
                                        Value.map()
                                                .put(
                                                        "application/json",
                                                        Value.map()
                                                                .put("schema", reference("Error"))
                                                                .build())
                                                .build())
                                .build())
                .build();
    }

    private static Value sse() {
        return Value.map()
                .put(
                        "schema",
                        Value.map()
                                .put("type", "string")
                                .put(
                                        "description",
                                        "server-sent events: event and id as in the data, which is"
                                                + " JSON; Last-Event-ID goes on behind one")
                                .build())
                .build();
    }

    private static Value errorSchema() {
        Value text = Value.map().put("type", "string").build();
        return Value.map()
                .put("type", "object")
                .put(
                        "properties",
                        Value.map()
                                .put(
                                        "error",
                                        Value.map()
                                                .put("type", "object")
                                                .put(
                                                        "properties",
                                                        Value.map()
                                                                .put("code", text)
                                                                .put("message", text)
                                                                .put("hint", text)
                                                                .build())
                                                .build())
                                .build())
                .build();
    }

    private static Value reference(String schema) {
        return Value.map().put("$ref", "#/components/schemas/" + schema).build();
    }

    /** One line of a stream. */
    private static Value lineSchema() {
        Value count = Value.map().put("type", "integer").put("minimum", 0).build();
        Value progress =
                Value.map()
                        .put("type", "object")
                        .put(
                                "description",
                                "what is being done; the numbers stand only while bytes are fetched")
                        .put(
                                "properties",
                                Value.map()
                                        .put("step", Value.map().put("type", "string").build())
                                        .put("bytes", count)
                                        .put("total", count)
                                        .put("holders", count)
                                        .build())
                        .put("required", Value.texts(List.of("step")))
                        .build();
        Value result = Value.map().put("type", "object").build();
        return Value.map()
                .put("description", "any number of progress, then one result or error")
                .put(
                        "anyOf",
                        Value.list(
                                List.of(
                                        only("progress", progress),
                                        only("result", result),
                                        reference("Error"))))
                .build();
    }

    private static Value only(String name, Value schema) {
        return Value.map()
                .put("type", "object")
                .put("properties", Value.map().put(name, schema).build())
                .put("required", Value.texts(List.of(name)))
                .build();
    }
}
