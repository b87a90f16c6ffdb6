package io.mooncake4j.master.etcd;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where etcd is, how to show who one is, and how long to wait for it. */
public final class EtcdOptions {
    /** Below which a cluster's keys are, unless told otherwise. */
    public static final String DEFAULT_PREFIX = "/mooncake4j/";

    final List<URI> endpoints;
    final String prefix;
    final Duration requestTimeout;
    final Duration connectTimeout;
    final @Nullable Path tlsCa;
    final @Nullable Path tlsCertificate;
    final @Nullable Path tlsKey;
    final String authority;
    final String user;
    final String password;

    private EtcdOptions(Builder builder, String password) {
        this.endpoints = builder.endpoints;
        this.prefix = builder.prefix;
        this.requestTimeout = builder.requestTimeout;
        this.connectTimeout = builder.connectTimeout;
        this.tlsCa = builder.tlsCa;
        this.tlsCertificate = builder.tlsCertificate;
        this.tlsKey = builder.tlsKey;
        this.authority = builder.authority;
        this.user = builder.user;
        this.password = password;
    }

    public static Builder builder() {
        return new Builder();
    }

    public List<URI> endpoints() {
        return endpoints;
    }

    public String prefix() {
        return prefix;
    }

    public Duration requestTimeout() {
        return requestTimeout;
    }

    boolean tls() {
        return isTls(endpoints.get(0));
    }

    private static boolean isTls(URI endpoint) {
        return endpoint.getScheme().equals("https");
    }

    /** Collects settings; each has a default but the endpoints. An empty text means the default. */
    public static final class Builder {
        private List<URI> endpoints = List.of();
        private String prefix = DEFAULT_PREFIX;
        private Duration requestTimeout = Duration.ofSeconds(2);
        private Duration connectTimeout = Duration.ofSeconds(1);
        private @Nullable Path tlsCa;
        private @Nullable Path tlsCertificate;
        private @Nullable Path tlsKey;
        private String authority = "";
        private String user = "";
        private String password = "";
        private @Nullable Path passwordFile;

        private Builder() {}

        /**
         * Members of one etcd cluster.
         *
         * @param value with commas between them: {@code http://host:port}, {@code https://host:port} or {@code host:port}
         * @throws StoreException INVALID_PARAMS naming the part that is wrong
         */
        public Builder endpoints(String value) {
            List<URI> all = new ArrayList<>();
            for (String part : value.split(",", -1)) {
                all.add(EtcdEndpoints.parse(part.strip()));
            }
            return endpoints(all);
        }

        /** As {@link #endpoints(String)}. */
        public Builder endpoints(List<URI> value) {
            endpoints = List.copyOf(value);
            return this;
        }

        /** Below which all keys are; ASCII, ends with a slash or gets one. Default {@value #DEFAULT_PREFIX}. */
        public Builder prefix(String value) {
            prefix = value.isEmpty() ? DEFAULT_PREFIX : value.endsWith("/") ? value : value + "/";
            return this;
        }

        /** How long a call may take at most. Default 2 s. */
        public Builder requestTimeout(Duration value) {
            requestTimeout = value;
            return this;
        }

        /** How long one endpoint is tried before the next one is. Default 1 s. */
        public Builder connectTimeout(Duration value) {
            connectTimeout = value;
            return this;
        }

        /** The authority that signed etcd's certificate, as PEM. Default: those that Java trusts. */
        public Builder tlsCa(@Nullable Path value) {
            tlsCa = value;
            return this;
        }

        /** Our certificate, where etcd asks for one, and its key: PEM, the key as PKCS #8 without a password. */
        public Builder tlsClient(@Nullable Path certificate, @Nullable Path key) {
            tlsCertificate = certificate;
            tlsKey = key;
            return this;
        }

        /** The name in etcd's certificate. Default: the endpoint's host. */
        public Builder authority(String value) {
            authority = value;
            return this;
        }

        /** Where etcd's authentication is on. Default: none. */
        public Builder user(String value) {
            user = value;
            return this;
        }

        public Builder password(String value) {
            password = value;
            return this;
        }

        /** A file that holds the password; an end of line after it isn't part of it. */
        public Builder passwordFile(@Nullable Path value) {
            passwordFile = value;
            return this;
        }

        /** @throws StoreException INVALID_PARAMS naming what is missing or can't be */
        public EtcdOptions build() {
            require(!endpoints.isEmpty(), "no etcd endpoint is given: set --etcd-endpoints");
            boolean tls = isTls(endpoints.get(0));
            require(
                    endpoints.stream().allMatch(endpoint -> isTls(endpoint) == tls),
                    "etcd endpoints " + endpoints + ": use either http or https for all");
            require(
                    tls || (tlsCa == null && tlsCertificate == null && tlsKey == null),
                    "TLS files for etcd are given, but its endpoints are not https: " + endpoints);
            require(
                    (tlsCertificate == null) == (tlsKey == null),
                    "a client certificate for etcd needs its key: set both --etcd-tls-cert and --etcd-tls-key");
            require(
                    prefix.chars().allMatch(c -> c > ' ' && c < 127),
                    "etcd prefix '" + prefix + "': only printable ASCII, without spaces");
            require(requestTimeout.compareTo(Duration.ofMillis(10)) >= 0, "etcd request time-out: at least 10 ms");
            require(connectTimeout.compareTo(Duration.ofMillis(10)) >= 0, "etcd connect time-out: at least 10 ms");
            require(
                    password.isEmpty() || passwordFile == null,
                    "a password for etcd is given both by itself and in a file");
            String secret = passwordFile == null ? password : read(passwordFile);
            require(user.isEmpty() || !secret.isEmpty(), "etcd user " + user + " has no password");
            require(!user.isEmpty() || secret.isEmpty(), "a password for etcd is given, but no user: set --etcd-user");
            return new EtcdOptions(this, secret);
        }

        private static String read(Path file) {
            try {
                return Files.readString(file).stripTrailing();
            } catch (IOException e) {
                throw new StoreException(ErrorCode.INVALID_PARAMS, "can't read etcd's password: " + e, e);
            }
        }

        private static void require(boolean fine, String otherwise) {
            if (!fine) {
                throw new StoreException(ErrorCode.INVALID_PARAMS, otherwise);
            }
        }
    }
}
