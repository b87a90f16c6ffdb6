package io.mooncake4j.master.etcd;

import io.grpc.netty.GrpcSslContexts;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLException;

/** Reads the files that say whom to trust and who we are. */
final class EtcdTls {
    private EtcdTls() {}

    /** @throws StoreException INVALID_PARAMS naming the file that can't be used */
    static SslContext context(EtcdOptions options) {
        SslContextBuilder builder = GrpcSslContexts.forClient();
        try {
            if (options.tlsCa != null) {
                builder.trustManager(file(options.tlsCa));
            }
        } catch (IllegalArgumentException e) {
            throw wrong("the authority's certificate " + options.tlsCa, "a PEM certificate is needed", e);
        }
        try {
            if (options.tlsCertificate != null && options.tlsKey != null) {
                builder.keyManager(file(options.tlsCertificate), file(options.tlsKey));
            }
        } catch (IllegalArgumentException e) {
            throw wrong(
                    "the certificate " + options.tlsCertificate + " with the key " + options.tlsKey,
                    "PEM files are needed, the key as PKCS #8 without a password"
                            + " (openssl pkcs8 -topk8 -nocrypt -in KEY -out KEY8)",
                    e);
        }
        try {
            return builder.build();
        } catch (SSLException e) {
            throw wrong("TLS towards etcd", "certificate and key must belong together", e);
        }
    }

    private static File file(Path path) {
        if (!Files.isReadable(path)) {
            throw new StoreException(ErrorCode.INVALID_PARAMS, path + ": no such file, or it may not be read");
        }
        return path.toFile();
    }

    private static StoreException wrong(String what, String fix, Exception cause) {
        return new StoreException(
                ErrorCode.INVALID_PARAMS, "can't use " + what + ": " + fix + "; cause: " + cause, cause);
    }
}
