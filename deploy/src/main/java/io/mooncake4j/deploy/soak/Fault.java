package io.mooncake4j.deploy.soak;

import java.io.IOException;
import java.util.List;
import java.util.Random;

/** What can happen to a process. */
enum Fault {
    NODE_KILLED_COMES_BACK_WARM {
        @Override
        void happen(SoakCluster cluster, Random random) {
            int index = mortal(cluster, random);
            cluster.nodes().get(index).kill();
            SoakCluster.pause(random.nextInt(2000));
            cluster.restartNode(index);
        }
    },
    NODE_KILLED_COMES_BACK_COLD {
        @Override
        void happen(SoakCluster cluster, Random random) throws IOException {
            int index = mortal(cluster, random);
            cluster.nodes().get(index).kill();
            cluster.deleteMemory(index);
            SoakCluster.pause(random.nextInt(2000));
            cluster.restartNode(index);
        }
    },
    NODE_SUSPENDED {
        @Override
        void happen(SoakCluster cluster, Random random) {
            int index = mortal(cluster, random);
            cluster.nodes().get(index).terminate();
            SoakCluster.pause(random.nextInt(2000));
            cluster.restartNode(index);
        }
    },
    NODE_FROZEN {
        @Override
        void happen(SoakCluster cluster, Random random) {
            freeze(cluster.nodes().get(random.nextInt(cluster.nodes().size())), random);
        }
    },
    CLIENT_KILLED {
        @Override
        void happen(SoakCluster cluster, Random random) throws IOException {
            cluster.victim().kill();
            cluster.replaceVictim();
        }
    },
    CLIENT_FROZEN {
        @Override
        void happen(SoakCluster cluster, Random random) {
            freeze(cluster.victim(), random);
        }
    },
    MASTER_FROZEN {
        @Override
        void happen(SoakCluster cluster, Random random) {
            freeze(cluster.master(), random);
        }
    },
    MASTER_KILLED {
        @Override
        void happen(SoakCluster cluster, Random random) {
            cluster.replaceMaster();
        }
    };

    private static final List<Fault> OF_NODES_AND_CLIENTS = List.of(
            NODE_KILLED_COMES_BACK_WARM,
            NODE_KILLED_COMES_BACK_COLD,
            NODE_SUSPENDED,
            NODE_FROZEN,
            NODE_FROZEN,
            CLIENT_KILLED,
            CLIENT_FROZEN,
            CLIENT_FROZEN);
    private static final List<Fault> OF_MASTER = List.of(MASTER_FROZEN, MASTER_KILLED);

    /** Lets it happen, and heals it. */
    abstract void happen(SoakCluster cluster, Random random) throws IOException;

    static Fault any(Random random, int masterFaultEvery) {
        List<Fault> some = random.nextInt(masterFaultEvery) == 0 ? OF_MASTER : OF_NODES_AND_CLIENTS;
        return some.get(random.nextInt(some.size()));
    }

    /** One of the nodes that may be killed: not the first, whose resources are watched. */
    private static int mortal(SoakCluster cluster, Random random) {
        return 1 + random.nextInt(cluster.nodes().size() - 1);
    }

    private static void freeze(ChildProcess process, Random random) {
        process.freeze();
        SoakCluster.pause(1000 + random.nextInt((int) SoakOptions.LONGEST_FREEZE.toMillis() - 1000));
        process.thaw();
    }
}
