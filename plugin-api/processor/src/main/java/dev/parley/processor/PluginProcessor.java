package dev.parley.processor;

import dev.parley.plugin.CallPermission;
import dev.parley.plugin.GroupsPermission;
import dev.parley.plugin.Plugin;
import dev.parley.plugin.PublishPermission;
import dev.parley.plugin.StoragePermission;
import dev.parley.plugin.StoresPermission;
import dev.parley.plugin.SubscribePermission;
import dev.parley.plugin.Tool;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;
import javax.tools.Diagnostic;
import javax.tools.StandardLocation;

/**
 * Checks the one {@link Plugin} class of a compilation and writes {@code PARLEY-INF/plugin.json}.
 */
@SupportedAnnotationTypes("dev.parley.plugin.Plugin")
public final class PluginProcessor extends AbstractProcessor {
    private static final String MANIFEST = "PARLEY-INF/plugin.json";

    // docs/protocols/0008-plugin-descriptor.md
    private static final int MAX_TITLE_CHARS = 100;
    private static final int MAX_DESCRIPTION_CHARS = 500;
    private static final int MAX_CLASS_CHARS = 256;
    private static final int MAX_TOOLS = 64;
    private static final int MAX_PERMISSIONS = 32;

    private boolean written;

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        for (Element element : round.getElementsAnnotatedWith(Plugin.class)) {
            try {
                if (written) {
                    throw new InvalidPluginException(
                            element, "a bundle has one @Plugin class, this is the second");
                }
                written = true;
                write((TypeElement) element, manifest((TypeElement) element));
            } catch (InvalidPluginException e) {
                processingEnv
                        .getMessager()
                        .printMessage(Diagnostic.Kind.ERROR, e.getMessage(), e.where());
            } catch (IOException e) {
                processingEnv
                        .getMessager()
                        .printMessage(
                                Diagnostic.Kind.ERROR,
                                MANIFEST + " cannot be written: " + e,
                                element);
            }
        }
        return false;
    }

    private void write(TypeElement type, String json) throws IOException {
        try (Writer out =
                processingEnv
                        .getFiler()
                        .createResource(StandardLocation.CLASS_OUTPUT, "", MANIFEST, type)
                        .openWriter()) {
            out.write(json);
        }
    }

    private String manifest(TypeElement type) throws InvalidPluginException {
        Plugin plugin = type.getAnnotation(Plugin.class);
        check(
                plugin.name().matches("[a-z][a-z0-9-]{0,39}"),
                type,
                "the name is '"
                        + plugin.name()
                        + "', expected a-z, 0-9 and '-', at most 40, first a letter");
        checkLength(type, "title", plugin.title(), MAX_TITLE_CHARS);
        checkLength(type, "description", plugin.description(), MAX_DESCRIPTION_CHARS);
        String entryClass = processingEnv.getElementUtils().getBinaryName(type).toString();
        checkLength(type, "name of the class", entryClass, MAX_CLASS_CHARS);
        check(
                type.getModifiers().contains(Modifier.PUBLIC),
                type,
                "the @Plugin class must be public");
        checkConstructor(type);
        return new JsonObject()
                        .put("name", plugin.name())
                        .put("title", plugin.title().isEmpty() ? plugin.name() : plugin.title())
                        .put("description", plugin.description())
                        .put("entryClass", entryClass)
                        .put("api", "1.2.0")
                        .raw("permissions", JsonObject.array(permissions(type)))
                        .raw("tools", JsonObject.array(tools(type)))
                + "\n";
    }

    private static void check(boolean holds, Element where, String message)
            throws InvalidPluginException {
        if (!holds) {
            throw new InvalidPluginException(where, message);
        }
    }

    private static void checkLength(Element where, String what, String text, int most)
            throws InvalidPluginException {
        check(
                text.length() <= most,
                where,
                "the " + what + " has " + text.length() + " characters, at most " + most);
    }

    private static void checkConstructor(TypeElement type) throws InvalidPluginException {
        List<ExecutableElement> constructors =
                type.getEnclosedElements().stream()
                        .filter(
                                it ->
                                        it.getKind() == ElementKind.CONSTRUCTOR
                                                && it.getModifiers().contains(Modifier.PUBLIC))
                        .map(ExecutableElement.class::cast)
                        .toList();
        check(
                constructors.size() == 1,
                type,
                "expected one public constructor, found " + constructors.size());
        List<? extends VariableElement> parameters = constructors.get(0).getParameters();
        check(
                parameters.isEmpty()
                        || parameters.size() == 1
                                && parameters
                                        .get(0)
                                        .asType()
                                        .toString()
                                        .equals("dev.parley.plugin.PluginContext"),
                constructors.get(0),
                "the constructor takes nothing or a PluginContext");
    }

    private static List<String> permissions(TypeElement type) throws InvalidPluginException {
        List<String> permissions = new ArrayList<>();
        StoragePermission storage = type.getAnnotation(StoragePermission.class);
        if (storage != null) {
            check(
                    storage.quotaKiB() > 0 && storage.quotaKiB() <= 65_536,
                    type,
                    "a storage quota is 1 to 65536 KiB");
            permissions.add(permission(type, "storage:" + storage.quotaKiB(), storage.reason()));
        }
        PublishPermission publish = type.getAnnotation(PublishPermission.class);
        if (publish != null) {
            check(publish.topics().length > 0, type, "a permission for no topic at all");
            for (String topic : publish.topics()) {
                checkTopic(type, topic);
                permissions.add(permission(type, "gossip.publish:" + topic, publish.reason()));
            }
        }
        SubscribePermission subscribe = type.getAnnotation(SubscribePermission.class);
        if (subscribe != null) {
            check(subscribe.topics().length > 0, type, "a permission for no topic at all");
            for (String topic : subscribe.topics()) {
                checkTopic(type, topic);
                permissions.add(permission(type, "gossip.subscribe:" + topic, subscribe.reason()));
            }
        }
        StoresPermission stores = type.getAnnotation(StoresPermission.class);
        if (stores != null) {
            check(stores.stores().length > 0, type, "a permission for no store at all");
            for (String store : stores.stores()) {
                checkName(type, "store", store);
                permissions.add(permission(type, "stores:" + store, stores.reason()));
            }
        }
        GroupsPermission groups = type.getAnnotation(GroupsPermission.class);
        if (groups != null) {
            check(groups.groups().length > 0, type, "a permission for no group at all");
            for (String group : groups.groups()) {
                checkName(type, "group", group);
                permissions.add(permission(type, "groups:" + group, groups.reason()));
            }
        }
        CallPermission call = type.getAnnotation(CallPermission.class);
        if (call != null) {
            check(call.plugins().length > 0, type, "a permission for no plugin at all");
            for (String plugin : call.plugins()) {
                check(
                        plugin.matches("[a-z][a-z0-9-]{0,39}"),
                        type,
                        "'" + plugin + "' is no plugin's name");
                permissions.add(permission(type, "tool.call:" + plugin, call.reason()));
            }
        }
        check(
                permissions.size() <= MAX_PERMISSIONS,
                type,
                permissions.size() + " permissions are asked for, at most " + MAX_PERMISSIONS);
        return permissions;
    }

    /** Of a store or a group. */
    private static void checkName(TypeElement type, String what, String name)
            throws InvalidPluginException {
        check(
                name.length() <= 128 && name.matches("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*(/\\*)?"),
                type,
                "'"
                        + name
                        + "' is no "
                        + what
                        + "'s name: parts of letters, digits, '.', '_' and '-' joined by '/',"
                        + " and '/*' at the end");
    }

    private static void checkTopic(TypeElement type, String topic) throws InvalidPluginException {
        check(
                topic.length() <= 128 && topic.matches("[a-z0-9._-]+(/[a-z0-9._-]+)*(/\\*)?"),
                type,
                "'"
                        + topic
                        + "' is no topic: parts of a-z, 0-9, '.', '_' and '-' joined by '/',"
                        + " perhaps '/*' at the end, at most 128 characters");
        check(!topic.startsWith("plugins/"), type, "topics below plugins/ are the container's own");
    }

    private static String permission(TypeElement type, String permission, String reason)
            throws InvalidPluginException {
        check(
                !reason.isBlank() && reason.length() <= 200,
                type,
                permission + " needs a reason of 1 to 200 characters, for the person who decides");
        return new JsonObject().put("permission", permission).put("reason", reason).toString();
    }

    private List<String> tools(TypeElement type) throws InvalidPluginException {
        List<String> tools = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ExecutableElement method : toolMethods(type)) {
            String name = method.getSimpleName().toString();
            Tool tool = method.getAnnotation(Tool.class);
            check(names.add(name), method, "two tools are called '" + name + "'");
            check(
                    name.matches("[a-zA-Z][a-zA-Z0-9]{0,63}"),
                    method,
                    "'" + name + "' is no tool's name");
            checkLength(method, "title", tool.title(), MAX_TITLE_CHARS);
            checkLength(method, "description", tool.description(), MAX_DESCRIPTION_CHARS);
            tools.add(
                    new JsonObject()
                            .put("name", name)
                            .put("title", tool.title().isEmpty() ? name : tool.title())
                            .put("description", tool.description())
                            .put("effects", tool.effects().name().toLowerCase(Locale.ROOT))
                            .put("audience", tool.audience().name().toLowerCase(Locale.ROOT))
                            .raw(
                                    "parameters",
                                    JsonObject.texts(
                                            method.getParameters().stream()
                                                    .map(it -> it.getSimpleName().toString())
                                                    .toList()))
                            .raw("inputSchema", Schemas.input(method))
                            .raw("outputSchema", Schemas.output(method))
                            .toString());
        }
        check(tools.size() <= MAX_TOOLS, type, tools.size() + " tools, at most " + MAX_TOOLS);
        check(!tools.isEmpty(), type, "neither this class nor its interfaces have a @Tool method");
        return tools;
    }

    private List<ExecutableElement> toolMethods(TypeElement type) {
        List<ExecutableElement> methods = new ArrayList<>();
        List<Element> types = new ArrayList<>(List.of(type));
        for (TypeMirror mirror : type.getInterfaces()) {
            types.add(((DeclaredType) mirror).asElement());
        }
        for (Element element : types) {
            for (Element member : element.getEnclosedElements()) {
                if (member instanceof ExecutableElement method
                        && method.getAnnotation(Tool.class) != null) {
                    methods.add(method);
                }
            }
        }
        return methods;
    }
}
