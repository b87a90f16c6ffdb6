package io.mooncake4j.transfer.rdma.verbs;

import java.io.IOException;

/** A call of libibverbs or librdmacm that failed; the message names it, the code, the code's name and what may help. */
public final class VerbsException extends IOException {
    private final String call;
    private final int code;
    private final String codeName;

    /**
     * Called by the native library, too.
     *
     * @param call the function, with what it was asked where that helps
     * @param code an errno, positive; 0 where the call gave none
     * @param codeName such as {@code ENOMEM}
     * @param text what the C library says about the code
     */
    VerbsException(String call, int code, String codeName, String text) {
        super(call + ": " + codeName + " (" + code + "), " + text + CallHint.of(call, codeName));
        this.call = call;
        this.code = code;
        this.codeName = codeName;
    }

    /** The function that failed, with what it was asked. */
    public String call() {
        return call;
    }

    /** The errno, always positive, whichever sign the driver gave it. */
    public int code() {
        return code;
    }

    /** The name of {@link #code}, such as {@code ENOMEM}. */
    public String codeName() {
        return codeName;
    }
}
