package io.mooncake4j.transfer.server;

import io.mooncake4j.transfer.wire.AccessToken;

/** Called by a node on the copying thread between the check of an access and its copy: the seam of fault tests. */
@FunctionalInterface
public interface AccessHook {
    AccessHook NONE = (token, range, offset, length) -> {};

    void checked(AccessToken token, int range, long offset, long length);
}
