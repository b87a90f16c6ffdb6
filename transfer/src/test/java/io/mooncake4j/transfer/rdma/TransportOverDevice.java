package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.engine.TransportBytesBehaviour;
import io.mooncake4j.transfer.engine.TransportFailureBehaviour;
import io.mooncake4j.transfer.engine.TransportFixture;
import io.mooncake4j.transfer.engine.TransportSafetyBehaviour;
import org.junit.jupiter.api.Nested;

/** What every transport must do, by RDMA; {@link FaultsOverDevice} has what only it must. */
class TransportOverDevice {
    @Nested
    class Bytes extends TransportBytesBehaviour {
        @Override
        protected TransportFixture fixture() {
            return new RdmaFixture();
        }
    }

    @Nested
    class Safety extends TransportSafetyBehaviour {
        @Override
        protected TransportFixture fixture() {
            return new RdmaFixture();
        }
    }

    @Nested
    class Failure extends TransportFailureBehaviour {
        @Override
        protected TransportFixture fixture() {
            return new RdmaFixture();
        }
    }
}
