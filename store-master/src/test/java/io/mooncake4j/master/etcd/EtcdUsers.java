package io.mooncake4j.master.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AuthEnableRequest;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthRoleAddRequest;
import io.etcd.jetcd.api.AuthRoleGrantPermissionRequest;
import io.etcd.jetcd.api.AuthUserAddRequest;
import io.etcd.jetcd.api.AuthUserGrantRoleRequest;
import io.etcd.jetcd.api.Permission;
import java.util.concurrent.TimeUnit;

/** Users of a real etcd: root, and one who may touch the keys below /mooncake4j/ only. */
public final class EtcdUsers {
    public static final String USER = "mooncake";
    public static final String PASSWORD = "secret";

    private EtcdUsers() {}

    /** Makes them, and switches authentication on. */
    public static void switchOn(EtcdOptions options) {
        EtcdConnection connection = new EtcdConnection(
                options.endpoints.get(0), options, options.tls() ? EtcdTls.context(options) : null, System.nanoTime());
        try {
            AuthGrpc.AuthBlockingStub auth =
                    AuthGrpc.newBlockingStub(connection.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
            auth.userAdd(AuthUserAddRequest.newBuilder()
                    .setName("root")
                    .setPassword("root's")
                    .build());
            auth.userAdd(AuthUserAddRequest.newBuilder()
                    .setName(USER)
                    .setPassword(PASSWORD)
                    .build());
            auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("root").build());
            auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("ours").build());
            auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                    .setName("ours")
                    .setPerm(Permission.newBuilder()
                            .setPermType(Permission.Type.READWRITE)
                            .setKey(ByteString.copyFromUtf8("/mooncake4j/"))
                            .setRangeEnd(ByteString.copyFromUtf8("/mooncake4j0")))
                    .build());
            auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                    .setUser("root")
                    .setRole("root")
                    .build());
            auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                    .setUser(USER)
                    .setRole("ours")
                    .build());
            auth.authEnable(AuthEnableRequest.getDefaultInstance());
        } finally {
            connection.close();
        }
    }
}
