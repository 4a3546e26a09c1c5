package dev.parley.isolate;

import dev.parley.plugin.PluginContext;
import dev.parley.plugin.PluginException;
import dev.parley.plugin.Tool;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.PipeFrames;
import dev.parley.wire.api.Value;
import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.felix.framework.FrameworkFactory;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;

/**
 * The child process: a tiny Felix with one plugin, driven over its standard input and output.
 *
 * <p>It starts what the first frame names, says {@code ready} or {@code failed}, and then serves
 * calls until it is told to stop or the pipe ends; then it exits with 0, and with {@link #BROKEN}
 * when what comes is no frame. What the plugin prints becomes log frames.
 */
public final class Main {
    /** The exit code of a child that cannot understand its container. */
    static final int BROKEN = 3;

    /** Codes of the container's answers with which a tool may fail. */
    private static final Set<String> PASSED_ON =
            Set.of(
                    PluginException.PERMISSION_DENIED,
                    PluginException.QUOTA,
                    PluginException.NO_SUCH_STORE,
                    PluginException.AMBIGUOUS,
                    PluginException.NOT_ALLOWED,
                    PluginException.APPEND_ONLY,
                    PluginException.NOT_FOUND,
                    PluginException.NOT_ENOUGH,
                    PluginException.WRONG_STATE,
                    PluginException.INVALID,
                    PluginException.TOO_LARGE,
                    PluginException.NOT_SYNCED,
                    PluginException.NOT_ACTIVE,
                    PluginException.DISK,
                    PluginException.BUSY);

    private static final int RUNNING_CALLS = 8;
    private static final int WAITING_CALLS = 64;
    private static final long STOP_MILLIS = 5_000;

    private final Map<String, Method> tools = new ConcurrentHashMap<>();
    private final Channel channel;
    private final ExecutorService events =
            new ThreadPoolExecutor(
                    1,
                    1,
                    10,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(1024),
                    new ThreadPoolExecutor.DiscardPolicy());
    private final HostContext context;
    private volatile @Nullable Object plugin;
    private boolean closed;

    private Main(Channel channel) {
        this.channel = channel;
        this.context = new HostContext(channel, events);
    }

    /** Ends the process whatever happens here: threads of the plugin would keep it alive. */
    public static void main(String[] words) {
        int code = BROKEN;
        try {
            InputStream in =
                    new BufferedInputStream(new FileInputStream(FileDescriptor.in), 1 << 16);
            run(in, new FileOutputStream(FileDescriptor.out), () -> Runtime.getRuntime().halt(0));
            code = 0;
        } catch (MalformedException e) {
            System.err.println("the container sent what is no frame: " + e.getMessage());
        } finally {
            Runtime.getRuntime().halt(code);
        }
    }

    /** Serves one conversation, until the pipe ends. */
    static void run(InputStream in, OutputStream out, Runnable stopped) throws MalformedException {
        Main main = new Main(new Channel(out));
        System.setOut(new PrintStream(new LogStream(main.context), true, StandardCharsets.UTF_8));
        System.setErr(System.out);
        System.setIn(InputStream.nullInputStream());
        main.serve(in, stopped);
    }

    private void serve(InputStream in, Runnable stopped) throws MalformedException {
        new Turns(
                        RUNNING_CALLS,
                        WAITING_CALLS,
                        new Turns.Pipe() {
                            @Override
                            public Value.Map nextCall() throws IOException, MalformedException {
                                return Main.this.nextCall(in, stopped);
                            }

                            @Override
                            public void run(Value.Map call) {
                                Main.this.call(call);
                            }

                            @Override
                            public void refuse(Value.Map call) {
                                result(
                                        HostContext.number(call, "id"),
                                        "BUSY",
                                        WAITING_CALLS + " calls wait already");
                            }
                        })
                .serve();
        events.execute(this::stop); // the host is gone
        events.shutdown();
        awaitEnd();
    }

    /** While a thread is here, no plugin code runs on it: what a plugin asks is answered here. */
    private Value.Map nextCall(InputStream in, Runnable stopped)
            throws IOException, MalformedException {
        while (true) {
            Value.Map frame = PipeFrames.read(in);
            switch (HostContext.text(frame, "kind")) {
                case "call" -> {
                    return frame;
                }
                case "start" -> events.execute(() -> start(frame));
                case "answer" -> channel.answered(HostContext.number(frame, "id"), frame);
                case "event" -> context.event(frame);
                case "changed" -> context.changed(frame);
                case "message" -> context.message(frame);
                case "ping" -> channel.send(Value.map().put("kind", "pong"));
                case "stop" -> {
                    events.execute(this::stop);
                    events.execute(stopped);
                }
                default -> {} // a newer host may say more than this child understands
            }
        }
    }

    private void awaitEnd() {
        try {
            events.awaitTermination(STOP_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(Value.Map frame) {
        try {
            Framework framework = framework(HostContext.text(frame, "cache"));
            String jar = HostContext.text(frame, "jar");
            if (!jar.isEmpty()) {
                Bundle bundle = framework.getBundleContext().installBundle("reference:file:" + jar);
                bundle.start();
                create(bundle.loadClass(HostContext.text(frame, "entryClass")));
            }
            channel.send(
                    Value.map()
                            .put("kind", "ready")
                            .put("tools", Value.texts(tools.keySet().stream().sorted().toList())));
        } catch (InvocationTargetException e) {
            failed(e.getCause() == null ? e : e.getCause());
        } catch (BundleException
                | ReflectiveOperationException
                | RuntimeException
                | LinkageError e) {
            failed(e);
        }
    }

    private void failed(Throwable cause) {
        channel.send(Value.map().put("kind", "failed").put("message", describe(cause)));
    }

    private static Framework framework(String cache) throws BundleException {
        Map<String, String> properties = new HashMap<>();
        properties.put("org.osgi.framework.storage", cache);
        properties.put(
                "org.osgi.framework.system.packages.extra", "dev.parley.plugin;version=1.2.0");
        properties.put(
                "org.osgi.framework.system.capabilities.extra",
                "dev.parley.plugin.api;version:Version=1.2.0");
        properties.put("felix.service.urlhandlers", "false");
        properties.put("felix.cache.locking", "false");
        properties.put("felix.bootdelegation.implicit", "false");
        properties.put("felix.log.level", "1");
        Framework framework = new FrameworkFactory().newFramework(properties);
        framework.start();
        return framework;
    }

    private void create(Class<?> type) throws ReflectiveOperationException {
        Constructor<?> constructor = type.getConstructors()[0];
        Object created =
                constructor.getParameterCount() == 0
                        ? constructor.newInstance()
                        : constructor.newInstance((PluginContext) context);
        for (Method method : type.getMethods()) {
            if (declared(type, method)) {
                method.setAccessible(true);
                tools.put(method.getName(), method);
            }
        }
        plugin = created;
    }

    /**
     * A tool may be declared by the class or by an interface; what is called is the class's own
     * method.
     */
    private static boolean declared(Class<?> type, Method method) {
        if (method.isBridge()) {
            return false;
        }
        if (method.isAnnotationPresent(Tool.class)) {
            return true;
        }
        for (Class<?> offered : type.getInterfaces()) {
            try {
                if (offered.getMethod(method.getName(), method.getParameterTypes())
                        .isAnnotationPresent(Tool.class)) {
                    return true;
                }
            } catch (NoSuchMethodException e) {
                continue; // another interface may declare it
            }
        }
        return false;
    }

    private void call(Value.Map frame) {
        long id = HostContext.number(frame, "id");
        try {
            Method method = tools.get(HostContext.text(frame, "tool"));
            if (method == null
                    || !(frame.get("parameters").orElse(Value.NULL) instanceof Value.List names)) {
                result(id, "NO_SUCH_TOOL", "this plugin has no such tool");
                return;
            }
            Value.Map input = (Value.Map) frame.get("args").orElseThrow();
            @Nullable Object[] arguments = new Object[method.getParameterCount()];
            for (int i = 0; i < arguments.length; i++) {
                Value value = input.get(((Value.Text) names.items().get(i)).value()).orElse(null);
                arguments[i] = Binding.toJava(value, method.getGenericParameterTypes()[i]);
            }
            Object output = method.invoke(plugin, arguments);
            Value.Map value;
            if (method.getReturnType() == void.class) {
                value = Value.map().build();
            } else {
                value =
                        output instanceof Record
                                ? (Value.Map) Binding.toValue(output)
                                : Value.map().put("result", Binding.toValue(output)).build();
            }
            channel.send(Value.map().put("kind", "result").put("id", id).put("value", value));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof PluginException refused) {
                boolean known = PASSED_ON.contains(refused.code());
                String message = String.valueOf(refused.getMessage());
                result(
                        id,
                        known ? refused.code() : "PLUGIN_FAILED",
                        known ? message : refused.code() + ": " + message);
                return;
            }
            result(id, "PLUGIN_FAILED", describe(e.getCause() == null ? e : e.getCause()));
        } catch (ReflectiveOperationException
                | RuntimeException
                | StackOverflowError
                | LinkageError e) {
            result(id, "PLUGIN_FAILED", describe(e));
        }
    }

    private void result(long id, String code, String message) {
        channel.send(
                Value.map()
                        .put("kind", "result")
                        .put("id", id)
                        .put("code", code)
                        .put("message", message));
    }

    private static String describe(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String text = root == cause ? cause.toString() : cause + ", caused by " + root;
        return text.length() > 1000 ? text.substring(0, 1000) : text;
    }

    private void stop() {
        if (plugin instanceof AutoCloseable closeable && !closed) {
            closed = true;
            try {
                closeable.close();
            } catch (Exception e) {
                context.log("closing failed: " + e);
            }
        }
    }

    /** Lines that the plugin prints, as log frames. */
    private static final class LogStream extends OutputStream {
        private static final int MAX_LINE = 4000;
        private final HostContext context;
        private final java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();

        LogStream(HostContext context) {
            this.context = context;
        }

        @Override
        public synchronized void write(int octet) {
            if (octet == '\n' || line.size() >= MAX_LINE) {
                context.log(line.toString(StandardCharsets.UTF_8));
                line.reset();
            }
            if (octet != '\n') {
                line.write(octet);
            }
        }
    }
}
