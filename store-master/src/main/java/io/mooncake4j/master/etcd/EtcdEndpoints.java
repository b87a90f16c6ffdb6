package io.mooncake4j.master.etcd;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.net.URI;
import java.net.URISyntaxException;

/** Reads addresses of etcd's members. */
final class EtcdEndpoints {
    private static final int DEFAULT_PORT = 2379;

    private EtcdEndpoints() {}

    /** @throws StoreException INVALID_PARAMS saying what is wrong with it */
    static URI parse(String text) {
        try {
            URI given = new URI(text.contains("://") ? text : "http://" + text);
            String scheme = given.getScheme();
            String path = given.getPath();
            boolean fine = (scheme.equals("http") || scheme.equals("https"))
                    && given.getHost() != null
                    && (path.isEmpty() || path.equals("/"))
                    && given.getQuery() == null
                    && given.getUserInfo() == null;
            if (fine) {
                int port = given.getPort() < 0 ? DEFAULT_PORT : given.getPort();
                return new URI(scheme, null, given.getHost(), port, null, null, null);
            }
        } catch (URISyntaxException e) {
            // told below
        }
        throw new StoreException(
                ErrorCode.INVALID_PARAMS,
                "'" + text + "' is not an etcd endpoint: write http://host:2379 or https://host:2379");
    }
}
