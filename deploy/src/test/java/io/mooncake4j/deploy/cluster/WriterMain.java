package io.mooncake4j.deploy.cluster;

import io.mooncake4j.client.RawClient;
import io.mooncake4j.transfer.tcp.RawWrite;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * One put, step by step, as a process of its own. Says {@code granted}, {@code half} (of the payload was sent) and
 * {@code placed}, with the grant's id, at one of which it waits for a line before it goes on. At the end says {@code wrote} with the node's
 * answer and {@code ended} with the master's. Arguments: masters, key, bytes, and where to wait.
 */
final class WriterMain {
    private static final Duration RETRY = Duration.ofMillis(5);
    private static final Duration FIND_LEADER = Duration.ofSeconds(10);

    private final String waitAt;

    private WriterMain(String waitAt) {
        this.waitAt = waitAt;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        new WriterMain(args[3]).put(args[0], args[1], Integer.parseInt(args[2]));
    }

    private void put(String masters, String key, int bytes) throws IOException, InterruptedException {
        ByteBuffer value = ByteBuffer.wrap(VersionedValue.of(key, 1, bytes));
        try (RawClient client = new RawClient(masters)) {
            Optional<RawClient.Grant> granted = client.start(key, bytes);
            while (granted.isEmpty()) {
                Thread.sleep(RETRY.toMillis());
                granted = client.start(key, bytes);
            }
            RawClient.Grant grant = granted.get();
            reached("granted", grant);
            System.out.println("wrote " + write(grant.target().token(), grant, value));
            System.out.println("ended " + end(client, grant));
        }
    }

    /** The answer of the master that leads by now. */
    private static ErrorCode end(RawClient client, RawClient.Grant grant) throws InterruptedException {
        long endNanos = System.nanoTime() + FIND_LEADER.toNanos();
        while (true) {
            try {
                return client.end(grant);
            } catch (StoreException e) {
                if (System.nanoTime() - endNanos > 0) {
                    throw e;
                }
                Thread.sleep(RETRY.toMillis());
            }
        }
    }

    private String write(AccessToken token, RawClient.Grant grant, ByteBuffer value) throws IOException {
        try (RawWrite write = new RawWrite(grant.target())) {
            write.greeting();
            write.begin(token, value.remaining());
            int half = value.remaining() / 2;
            write.send(value.slice(0, half));
            reached("half", grant);
            write.send(value.slice(half, value.remaining() - half));
            String answer = write.answer().toString();
            reached("placed", grant);
            return answer;
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void reached(String step, RawClient.Grant grant) throws IOException {
        System.out.println(step + " " + grant.grantId());
        if (step.equals(waitAt)) {
            int unused = System.in.read();
        }
    }
}
