package io.mooncake4j.deploy.rdma;

import io.mooncake4j.client.ClientSeams;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.safety.SafetySwitches;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * A client over RDMA as a process of its own, with little under way at a time. Argument: the device. Takes lines: {@code
 * connect}, masters and whether puts end by the flush, which is answered by the masters; or a key, a version, bytes and
 * seconds: puts such a value within that time, says {@code ran} with transport and outcomes after each try to move it, and
 * at the end the key with what became of it.
 */
final class RdmaClientMain {
    private RdmaClientMain() {}

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        ObservedClient observed = null;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            if (!words[0].equals("connect")) {
                put(observed.client(), words[0], Long.parseLong(words[1]), Integer.parseInt(words[2]), words[3]);
                continue;
            }
            if (observed != null) {
                observed.close();
            }
            observed = client(args[0], words[1], Boolean.parseBoolean(words[2]));
            System.out.println(words[1] + " connected");
        }
    }

    private static ObservedClient client(String device, String masters, boolean flush) {
        SafetyRules rules = flush ? SafetyRules.ALL : SafetySwitches.allExcept(SafetyRule.FLUSH);
        return ObservedClient.of(
                ClientSeams.safetyRules(
                        RdmaSetup.client(MooncakeClient.builder(), RdmaSetup.options(device, RdmaSetup.SMALL_WINDOW))
                                .masters(masters)
                                .checksums(false)
                                .localBufferBytes(16 << 20),
                        rules),
                end -> System.out.println("ran " + end));
    }

    private static void put(MooncakeClient client, String key, long version, int bytes, String seconds) {
        MooncakeClient patient = client.withTimeout(Duration.ofSeconds(Long.parseLong(seconds)));
        ByteBuffer value = ByteBuffer.allocateDirect(bytes);
        VersionedValue.fill(key, version, value);
        PutResult result = patient.putBatch(List.of(KvEntry.of(key, value))).get(0);
        System.out.println(key + " " + result.status() + " " + result.detail());
    }
}
