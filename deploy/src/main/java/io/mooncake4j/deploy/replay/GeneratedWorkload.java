package io.mooncake4j.deploy.replay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/**
 * An endless multi-turn workload: users, chosen by Zipf's law, continue conversations that all start with one system
 * prompt and grow with each turn. The same seed gives the same requests.
 */
public final class GeneratedWorkload implements Iterator<TraceRequest> {
    private static final int TOKENS_PER_BLOCK = 512;
    private static final int USERS = 200;
    private static final double ZIPF_EXPONENT = 0.9;
    private static final int SYSTEM_PROMPT_BLOCKS = 4;
    private static final int LONGEST_SESSION_TOKENS = 64 * TOKENS_PER_BLOCK;
    private static final int MEDIAN_TURN_TOKENS = 1200;
    private static final double TURN_SPREAD = 0.8;
    private static final double LAST_TURN_CHANCE = 0.12;
    private static final double MEAN_GAP_MILLIS = 300;

    private final Random random;
    private final double[] cumulativeShares = new double[USERS];
    private final List<Session> sessions = new ArrayList<>(USERS);
    private long nextBlockId;
    private double clockMillis;

    /** One conversation: its full blocks, which later turns share, and all its tokens. */
    private static final class Session {
        private final List<Long> fullBlocks = new ArrayList<>();
        private int tokens;
    }

    public GeneratedWorkload(long seed) {
        random = new Random(seed);
        nextBlockId = SYSTEM_PROMPT_BLOCKS;
        double sum = 0;
        for (int rank = 0; rank < USERS; rank++) {
            sum += Math.pow(rank + 1, -ZIPF_EXPONENT);
            cumulativeShares[rank] = sum;
            sessions.add(new Session());
        }
    }

    @Override
    public boolean hasNext() {
        return true;
    }

    @Override
    public TraceRequest next() {
        clockMillis += -Math.log(1 - random.nextDouble()) * MEAN_GAP_MILLIS;
        int user = nextUser();
        Session session = sessions.get(user);
        session.tokens += turnTokens();
        if (session.tokens > LONGEST_SESSION_TOKENS) {
            session = new Session();
            session.tokens = turnTokens();
            sessions.set(user, session);
        }
        long[] blockIds = blocksOf(session);
        session.tokens += turnTokens() / 3; // the answer, part of the next prompt
        if (random.nextDouble() < LAST_TURN_CHANCE) {
            sessions.set(user, new Session());
        }
        return new TraceRequest((long) clockMillis, blockIds);
    }

    private long[] blocksOf(Session session) {
        while (session.fullBlocks.size() < session.tokens / TOKENS_PER_BLOCK) {
            session.fullBlocks.add(nextBlockId++);
        }
        boolean partial = session.tokens % TOKENS_PER_BLOCK != 0;
        int full = session.fullBlocks.size();
        long[] ids = new long[SYSTEM_PROMPT_BLOCKS + full + (partial ? 1 : 0)];
        for (int i = 0; i < SYSTEM_PROMPT_BLOCKS; i++) {
            ids[i] = i;
        }
        for (int i = 0; i < full; i++) {
            ids[SYSTEM_PROMPT_BLOCKS + i] = session.fullBlocks.get(i);
        }
        if (partial) {
            ids[ids.length - 1] = nextBlockId++;
        }
        return ids;
    }

    private int nextUser() {
        double share = random.nextDouble() * cumulativeShares[USERS - 1];
        int found = Arrays.binarySearch(cumulativeShares, share);
        return Math.min(USERS - 1, found >= 0 ? found : -found - 1);
    }

    private int turnTokens() {
        double tokens = MEDIAN_TURN_TOKENS * Math.exp(TURN_SPREAD * random.nextGaussian());
        return (int) Math.max(16, Math.min(LONGEST_SESSION_TOKENS, tokens));
    }
}
