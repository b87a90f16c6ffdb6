package io.mooncake4j.transfer.rdma.verbs;

/** What a JVM that is started so finds; prints it. */
final class ProbeOfLibrary {
    private ProbeOfLibrary() {}

    public static void main(String[] arguments) {
        RdmaSupport support = RdmaLibrary.probe();
        System.out.println(support.on() + " " + support.reason());
    }
}
