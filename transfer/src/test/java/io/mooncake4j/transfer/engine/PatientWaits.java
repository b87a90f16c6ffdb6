package io.mooncake4j.transfer.engine;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests of every module wait so long for what must come, unless they say otherwise: machines are slow and busy at times. */
public final class PatientWaits implements BeforeAllCallback {
    /** In an emulated machine all takes ten times as long. */
    private static final boolean EMULATED = System.getProperty("mooncake4j.rdma.device") != null;

    private static final Duration PATIENCE = Duration.ofSeconds(EMULATED ? 120 : 30);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(PATIENCE);
    }
}
