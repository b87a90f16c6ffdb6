package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.engine.TransportBytesBehaviour;
import io.mooncake4j.transfer.engine.TransportFailureBehaviour;
import io.mooncake4j.transfer.engine.TransportFixture;
import io.mooncake4j.transfer.engine.TransportSafetyBehaviour;
import io.mooncake4j.transfer.engine.TransportStallBehaviour;
import org.junit.jupiter.api.Nested;

class TcpTransportTest {
    @Nested
    class Bytes extends TransportBytesBehaviour {
        @Override
        protected TransportFixture fixture() {
            return new TcpFixture();
        }
    }

    @Nested
    class Safety extends TransportSafetyBehaviour {
        @Override
        protected TransportFixture fixture() {
            return new TcpFixture();
        }
    }

    @Nested
    class Stall extends TransportStallBehaviour {
        @Override
        protected TransportFixture fixture() {
            return new TcpFixture();
        }
    }

    @Nested
    class Failure extends TransportFailureBehaviour {
        @Override
        protected TransportFixture fixture() {
            return new TcpFixture();
        }
    }
}
