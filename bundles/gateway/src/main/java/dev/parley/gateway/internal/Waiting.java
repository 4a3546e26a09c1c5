package dev.parley.gateway.internal;

import dev.parley.catalog.api.RefusedException;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationException.Kind;
import dev.parley.groups.api.GroupException;
import dev.parley.host.api.ToolException;
import dev.parley.network.api.NetworkException;
import dev.parley.stores.api.StoreException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a room's answer on the thread of a request, and names what went wrong. */
final class Waiting {
    private Waiting() {}

    static <T> T join(CompletionStage<T> stage, Duration limit) throws OperationException {
        try {
            return stage.toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new OperationException(
                    Kind.TIMEOUT, "TIMEOUT", "no answer within " + limit.toSeconds() + " s", "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationException(
                    Kind.UNAVAILABLE, "STOPPING", "the container is stopping", "");
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        }
    }

    static OperationException failure(Throwable cause) {
        if (cause instanceof java.util.concurrent.CompletionException && cause.getCause() != null) {
            return failure(cause.getCause());
        }
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof NetworkException e) {
            Kind kind =
                    switch (e.code()) {
                        case TIMEOUT -> Kind.TIMEOUT;
                        case UNREACHABLE, BUSY, CLOSED -> Kind.UNAVAILABLE;
                        default -> Kind.REFUSED;
                    };
            return new OperationException(
                    kind, e.code().name(), message, "is it running, and does it listen there?");
        }
        if (cause instanceof RefusedException e) {
            Kind kind =
                    switch (e.code()) {
                        case NOT_FOUND, NOT_INSTALLED -> Kind.NOT_FOUND;
                        case AMBIGUOUS -> Kind.INVALID;
                        case FETCH_NO_HOLDER -> Kind.UNAVAILABLE;
                        case FETCH_STALLED -> Kind.TIMEOUT;
                        case FAILED, START_FAILED -> Kind.FAILED;
                        default -> Kind.REFUSED;
                    };
            return new OperationException(kind, e.code().name(), message, hint(e));
        }
        if (cause instanceof ToolException e && e.getCause() instanceof OperationException own) {
            return own;
        }
        if (cause instanceof ToolException e) {
            Kind kind =
                    switch (e.code()) {
                        case "NO_SUCH_TOOL" -> Kind.NOT_FOUND;
                        case "ARGUMENTS_INVALID" -> Kind.INVALID;
                        case "PLUGIN_TIMEOUT" -> Kind.TIMEOUT;
                        case "PLUGIN_GONE", "BUSY", "QUARANTINED" -> Kind.UNAVAILABLE;
                        case "PERMISSION_DENIED", "QUOTA", "NOT_ACTIVE" -> Kind.REFUSED;
                        default -> ofStore(e.code());
                    };
            return new OperationException(kind, e.code(), message, hint(e));
        }
        if (cause instanceof StoreException e) {
            return failure(e);
        }
        if (cause instanceof GroupException e) {
            return failure(e);
        }
        if (cause instanceof IllegalArgumentException) {
            return OperationException.invalid(message, "");
        }
        return new OperationException(Kind.FAILED, "INTERNAL", message, "see the container's log");
    }

    /** The kind of what a store refused to a plugin, whose tool let it go through. */
    private static Kind ofStore(String code) {
        for (StoreException.Code each : StoreException.Code.values()) {
            if (each.name().equals(code)) {
                return kind(each);
            }
        }
        return Kind.FAILED;
    }

    private static Kind kind(StoreException.Code code) {
        return switch (code) {
            case NOT_FOUND, NO_SUCH_STORE -> Kind.NOT_FOUND;
            case INVALID, AMBIGUOUS, TOO_LARGE -> Kind.INVALID;
            case BUSY, CLOSED, NO_HOLDER -> Kind.UNAVAILABLE;
            case DISK -> Kind.FAILED;
            case NOT_ALLOWED, APPEND_ONLY, NOT_ENOUGH, WRONG_STATE, NOT_SYNCED -> Kind.REFUSED;
        };
    }

    private static OperationException failure(StoreException e) {
        String hint =
                switch (e.code()) {
                    case NO_SUCH_STORE -> "'parley store list' shows those that are followed here";
                    case AMBIGUOUS -> "give the first hex digits of its id";
                    case NO_HOLDER -> "connect to somebody who has it, or join by its link";
                    case NOT_ALLOWED -> "'parley store members' shows who may do what";
                    case NOT_ENOUGH -> "'parley store shares' shows who has how much";
                    case NOT_SYNCED -> "connect to somebody who has the store";
                    case DISK -> "make room, or repair the disk; then start the container again";
                    default -> "";
                };
        return new OperationException(
                kind(e.code()), e.code().name(), String.valueOf(e.getMessage()), hint);
    }

    private static OperationException failure(GroupException e) {
        Kind kind =
                switch (e.reason()) {
                    case NOT_FOUND -> Kind.NOT_FOUND;
                    case INVALID, AMBIGUOUS, TOO_LARGE -> Kind.INVALID;
                    case BUSY, CLOSED, NO_ADMIN -> Kind.UNAVAILABLE;
                    case DISK -> Kind.FAILED;
                    case NOT_ALLOWED,
                            LAST_ADMIN,
                            NOT_ACTIVE,
                            ALREADY_MEMBER,
                            INVITE_EXPIRED,
                            INVITE_REFUSED ->
                            Kind.REFUSED;
                };
        String hint =
                switch (e.reason()) {
                    case NOT_FOUND ->
                            "'parley group list' shows the groups, 'parley group members' who is in"
                                    + " one";
                    case AMBIGUOUS -> "give the first hex digits of its id";
                    case NOT_ALLOWED -> "'parley group members' shows who the admins are";
                    case LAST_ADMIN -> "'parley group role <group> <member> admin' makes one";
                    case NOT_ACTIVE -> "'parley group show' says how this agent stands to it";
                    case INVITE_EXPIRED, INVITE_REFUSED -> "ask an admin for a new invite";
                    case NO_ADMIN ->
                            "connect to an admin; it goes on by itself until the invite expires";
                    case DISK -> "see the container's log; after that restart it";
                    default -> "";
                };
        return new OperationException(
                kind, e.reason().name(), String.valueOf(e.getMessage()), hint);
    }

    private static String hint(ToolException e) {
        return switch (e.code()) {
            case "ARGUMENTS_INVALID" -> "'parley tools --json' shows the inputSchema of each tool";
            case "PERMISSION_DENIED" -> "install it again with --grant to give it what it asks for";
            default -> "'parley log <plugin>' shows what it wrote";
        };
    }

    private static String hint(RefusedException e) {
        return switch (e.code()) {
            case NOT_INSTALLED -> "'parley plugins list' shows those that are";
            case AMBIGUOUS -> "name it as <first hex digits of its publisher>/<name>";
            case PUBLISHER_UNKNOWN ->
                    "compare its publisher's words with it, then install with --trust known";
            case PUBLISHER_BLOCKED -> "'parley contacts set' lifts a block";
            case CONSENT_REQUIRED -> "agree to its permissions: --grant all, some by name, or none";
            case FETCH_NO_HOLDER, FETCH_STALLED -> "try again when a holder is reachable";
            case NO_SANDBOX -> "'parley doctor' says what is missing";
            case DISK_FULL -> "free some space; nothing was left behind";
            default -> "";
        };
    }
}
