package dev.parley.gateway.internal;

import com.sun.net.httpserver.Headers;
import java.util.Optional;
import java.util.Set;

/**
 * Who may speak to the gateway at all. A page in a browser can make requests to loopback, also
 * under a host name that it makes resolve to 127.0.0.1; so the Host must be loopback by name, and
 * an Origin must be our own.
 */
record Guard(TokenFile token, int port) {
    /** Why not: the status to answer, and the three parts of the error. */
    record Refusal(int status, String code, String message, String hint) {}

    Optional<Refusal> refuse(Headers headers) {
        Set<String> hosts = Set.of("127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port);
        String host = first(headers, "Host");
        if (!hosts.contains(host)) {
            return Optional.of(
                    new Refusal(
                            403,
                            "HOST_REFUSED",
                            "the Host header is '" + host + "', expected 127.0.0.1:" + port,
                            "use the address in rest.json as it is"));
        }
        String origin = first(headers, "Origin");
        if (!origin.isEmpty()
                && !(origin.startsWith("http://") && hosts.contains(origin.substring(7)))) {
            return Optional.of(
                    new Refusal(
                            403,
                            "ORIGIN_REFUSED",
                            "requests from pages of '" + origin + "' are refused",
                            ""));
        }
        String offered = first(headers, "Authorization");
        if (offered.isEmpty()) {
            return Optional.of(
                    new Refusal(
                            401,
                            "TOKEN_MISSING",
                            "no Authorization header",
                            "send 'Authorization: Bearer <text of the token file>'"));
        }
        if (!offered.startsWith("Bearer ") || !token.matches(offered.substring(7).strip())) {
            return Optional.of(
                    new Refusal(
                            403,
                            "TOKEN_WRONG",
                            "the token is not the one of this container",
                            "read it again from the token file in the data folder"));
        }
        return Optional.empty();
    }

    private static String first(Headers headers, String name) {
        String value = headers.getFirst(name);
        return value == null ? "" : value;
    }
}
