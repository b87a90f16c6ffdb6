package io.mooncake4j.deploy.copy;

/** Copies one item after the other. For one thread. */
@FunctionalInterface
interface Mover {
    CopyResult move(CopyItem item) throws Exception;
}
