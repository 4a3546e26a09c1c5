package dev.parley.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.annotation.processing.Processor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginProcessorTest {
    private static final String PLUGIN = "@Plugin(name = \"demo\", description = \"d\") ";

    @TempDir private Path out;

    private Compilation compile(String body) {
        return Compilation.of(out, body);
    }

    private Compilation tool(String signature) {
        return compile(
                "interface T { enum Colour { RED, GREEN } record Point(int x, Optional<Long> y) {}"
                        + " @Tool(description = \"d\") "
                        + signature
                        + "; } "
                        + PLUGIN
                        + "public abstract class P implements T { public P() {} }");
    }

    private void refused(Compilation compilation, String... words) {
        assertThat(compilation.errors()).singleElement().asString().contains(words);
        assertThat(compilation.manifest()).isEmpty();
    }

    @Test
    void javacFindsTheProcessorByItself() {
        assertThat(ServiceLoader.load(Processor.class))
                .anySatisfy(it -> assertThat(it).isInstanceOf(PluginProcessor.class));
    }

    @Test
    void theManifestNamesThePluginItsPermissionsAndItsTools() {
        Compilation compilation =
                compile(
                        "interface T { record Out(String text) {}"
                                + " @Tool(title = \"Say \\\"it\\\"\", description = \"d\","
                                + " effects = Tool.Effects.EXTERNAL, audience = Tool.Audience.NETWORK)"
                                + " Out say(String what, int times); }"
                                + "@StoragePermission(quotaKiB = 7, reason = \"keeps\")"
                                + "@PublishPermission(topics = {\"a/b\", \"c/*\"}, reason = \"sends\")"
                                + "@SubscribePermission(topics = \"a/b\", reason = \"hears\")"
                                + "@CallPermission(plugins = \"other\", reason = \"asks\")"
                                + "@StoresPermission(stores = {\"board/*\", \"notes\"}, reason = \"shares\")"
                                + "@GroupsPermission(groups = {\"team\", \"work/*\"}, reason = \"talks\")"
                                + PLUGIN
                                + "public class P implements T { public P(PluginContext c) {}"
                                + " public Out say(String what, int times) { return new Out(what); } }");
        assertThat(compilation.errors()).isEmpty();
        assertThat(compilation.manifest())
                .startsWith(
                        "{\"name\":\"demo\",\"title\":\"demo\",\"description\":\"d\",\"entryClass\":\"p.P\"")
                .contains(
                        "{\"permission\":\"storage:7\",\"reason\":\"keeps\"}",
                        "\"gossip.publish:a/b\"",
                        "\"gossip.publish:c/*\"",
                        "{\"permission\":\"gossip.subscribe:a/b\",\"reason\":\"hears\"}",
                        "\"tool.call:other\"",
                        "{\"permission\":\"stores:board/*\",\"reason\":\"shares\"}",
                        "\"stores:notes\"",
                        "\"groups:team\"",
                        "{\"permission\":\"groups:work/*\",\"reason\":\"talks\"}",
                        "\"title\":\"Say \\\"it\\\"\"",
                        "\"effects\":\"external\",\"audience\":\"network\"",
                        "\"parameters\":[\"what\",\"times\"]",
                        "\"required\":[\"what\",\"times\"],\"additionalProperties\":false");
    }

    @Test
    void everyTypeThatIsPromisedHasItsSchema() {
        Compilation compilation =
                tool(
                        "Map<String, List<Double>> t(boolean a, long b, Colour c, Point d, List<Point> e,"
                                + " Optional<String> f, Integer g)");
        String point =
                "{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"integer\",\"minimum\":-2147483648,"
                        + "\"maximum\":2147483647},\"y\":{\"type\":\"integer\"}},\"required\":[\"x\"],"
                        + "\"additionalProperties\":false}";
        assertThat(compilation.errors()).isEmpty();
        assertThat(compilation.manifest())
                .contains(
                        "\"a\":{\"type\":\"boolean\"}",
                        "\"b\":{\"type\":\"integer\"}",
                        "\"c\":{\"type\":\"string\",\"enum\":[\"RED\",\"GREEN\"]}",
                        "\"d\":" + point,
                        "\"e\":{\"type\":\"array\",\"items\":" + point + "}",
                        "\"f\":{\"type\":\"string\"}",
                        "\"required\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"g\"]",
                        "\"outputSchema\":{\"type\":\"object\",\"properties\":{\"result\":{\"type\":\"object\","
                                + "\"additionalProperties\":{\"type\":\"array\",\"items\":{\"type\":\"number\"}}}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "void t(Object o)",
                "void t(java.io.File f)",
                "Thread t()",
                "void t(int[] numbers)",
                "void t(char c)",
                "void t(List<Object> items)",
                "void t(Set<String> items)"
            })
    void aTypeThatCannotCrossIsRefusedWithWhatCan(String signature) {
        refused(tool(signature), "cannot take or give", "records");
    }

    @Test
    void aMapWithOtherKeysIsRefused() {
        refused(tool("void t(Map<Long, String> m)"), "String keys", "Long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"void t(List l)", "void t(Map m)", "void t(Optional o)"})
    void aRawTypeIsRefused(String signature) {
        refused(tool(signature), "needs its type arguments");
    }

    @Test
    void aRecordThatHoldsItselfIsRefusedAndNotFollowedForEver() {
        refused(
                compile(
                        "interface T { record Node(List<Node> children) {}"
                                + " @Tool(description = \"d\") Node t(); } "
                                + PLUGIN
                                + "public abstract class P implements T { public P() {} }"),
                "nested deeper than");
    }

    @Test
    void twoToolsOfOneNameAreRefused() {
        refused(
                compile(
                        "interface T { @Tool(description = \"d\") int t(int a);"
                                + " @Tool(description = \"d\") int t(String a); } "
                                + PLUGIN
                                + "public abstract class P implements T { public P() {} }"),
                "two tools are called 't'");
    }

    @Test
    void aPluginWithoutToolsIsRefused() {
        refused(compile(PLUGIN + "public class P { public P() {} }"), "@Tool");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Hello", "1a", "a b", "a/b", "-a"})
    void aNameThatCannotBeTypedIsRefused(String name) {
        refused(
                compile(
                        "@Plugin(name = \""
                                + name
                                + "\", description = \"d\") public class P { public P() {} }"),
                "the name is '" + name + "'");
    }

    @Test
    void aConstructorThatWantsAnythingElseIsRefused() {
        refused(
                compile(PLUGIN + "public class P { public P(String s) {} }"),
                "takes nothing or a PluginContext");
        refused(
                compile(PLUGIN + "public class P { public P() {} public P(PluginContext c) {} }"),
                "found 2");
        refused(compile(PLUGIN + "class P { public P() {} }"), "must be public");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@StoragePermission(quotaKiB = 0, reason = \"r\")",
                "@StoragePermission(quotaKiB = 70000, reason = \"r\")",
                "@PublishPermission(topics = \"*\", reason = \"r\")",
                "@PublishPermission(topics = \"plugins/demo\", reason = \"r\")",
                "@PublishPermission(topics = \"a//b\", reason = \"r\")",
                "@SubscribePermission(topics = \"a/*/b\", reason = \"r\")",
                "@SubscribePermission(topics = \"A\", reason = \"r\")",
                "@CallPermission(plugins = \"*\", reason = \"r\")",
                "@StoresPermission(stores = \"*\", reason = \"r\")",
                "@StoresPermission(stores = \"/*\", reason = \"r\")",
                "@StoresPermission(stores = \"a b\", reason = \"r\")",
                "@StoresPermission(stores = {}, reason = \"r\")",
                "@GroupsPermission(groups = \"*\", reason = \"r\")",
                "@GroupsPermission(groups = \"a b\", reason = \"r\")",
                "@GroupsPermission(groups = {}, reason = \"r\")",
                "@GroupsPermission(groups = \"team\", reason = \"\")",
                "@CallPermission(plugins = \"other\", reason = \" \")",
                "@PublishPermission(topics = {}, reason = \"r\")"
            })
    void aPermissionThatCannotBeGrantedIsRefused(String permission) {
        refused(
                compile(
                        permission
                                + PLUGIN
                                + "public class P { public P() {} @Tool(description = \"d\") public void t() {} }"),
                "");
    }

    private Compilation plugin(String annotations, String attributes, String tools) {
        return compile(
                annotations
                        + "@Plugin(name = \"demo\", description = \"d\""
                        + attributes
                        + ") public class P { public P() {} "
                        + tools
                        + " }");
    }

    private static String tools(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "@Tool(description = \"d\") public void t" + i + "() {}")
                .collect(Collectors.joining());
    }

    private static String topics(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"a/" + i + "\"")
                .collect(
                        Collectors.joining(
                                ",", "@PublishPermission(reason = \"r\", topics = {", "})"));
    }

    @Test
    void asMuchAsADescriptorHoldsIsTaken() {
        String title = ", title = \"" + "x".repeat(100) + "\"";
        assertThat(plugin(topics(32), title, tools(64)).errors()).isEmpty();
    }

    @Test
    void whatADescriptorCannotHoldIsRefusedWithTheLimit() {
        String hundred = ", title = \"" + "x".repeat(100);
        refused(plugin("", hundred + "x\"", tools(1)), "the title has 101", "at most 100");
        refused(plugin("", "", tools(65)), "65 tools, at most 64");
        refused(plugin(topics(33), "", tools(1)), "33 permissions", "at most 32");
        refused(
                plugin(
                        "",
                        "",
                        "@Tool(title = \""
                                + "x".repeat(101)
                                + "\", description = \"d\") public void t() {}"),
                "the title has 101");
        refused(
                compile(
                        "@Plugin(name = \"demo\", description = \""
                                + "x".repeat(501)
                                + "\") public class P { public P() {} "
                                + tools(1)
                                + " }"),
                "the description has 501",
                "at most 500");
        String inner = "Q".repeat(253); // its binary name is p.P$ and this
        refused(
                compile(
                        "public class P { "
                                + PLUGIN
                                + "public static class "
                                + inner
                                + " { public "
                                + inner
                                + "() {} "
                                + tools(1)
                                + " } }"),
                "the name of the class has 257",
                "at most 256");
    }

    @Test
    void aSecondPluginClassIsRefused() {
        assertThat(
                        compile(
                                        PLUGIN
                                                + "public class P { public P() {}"
                                                + " @Tool(description = \"d\") public void t() {}"
                                                + PLUGIN
                                                + "public static class Q { public Q() {}"
                                                + " @Tool(description = \"d\") public void t() {} } }")
                                .errors())
                .singleElement()
                .asString()
                .contains("one @Plugin class");
    }
}
