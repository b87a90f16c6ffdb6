package io.mooncake4j.master.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A network between a client and a server that the test controls: TCP connections to its port go on to the server until the
 * test cuts them. Bytes on the way during a cut are kept, as TCP keeps them, and go on when it ends. Safe for all threads.
 */
public final class CutProxy implements AutoCloseable {
    private static final int CONNECT_MILLIS = 2_000;

    private final InetSocketAddress server;
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean cut;
    private boolean closed;
    private Duration delay = Duration.ZERO;

    private CutProxy(InetSocketAddress server) throws IOException {
        this.server = server;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** In front of a server on this machine. */
    public static CutProxy to(int port) {
        try {
            CutProxy proxy = new CutProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            proxy.thread("accept", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Where clients of an etcd find it. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** How many connections clients have made so far; during a cut they make them, too. */
    public int accepted() {
        return accepted.get();
    }

    /** Nothing gets through any more, in either direction, and nobody is told. */
    public void cut() {
        change(() -> cut = true);
    }

    /** Everything gets through again, also what was sent meanwhile. */
    public void mend() {
        change(() -> cut = false);
    }

    /** Every piece of bytes, in each direction, is held up for so long. */
    public void delay(Duration value) {
        change(() -> delay = value);
    }

    /** All connections break, as when a server dies; new ones get through. */
    public void breakConnections() {
        open.forEach(CutProxy::close);
    }

    private void change(Runnable how) {
        lock.lock();
        try {
            how.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                open.add(client);
                accepted.incrementAndGet();
                thread("connect", () -> connect(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void connect(Socket client) {
        try {
            pass();
            Socket to = new Socket();
            open.add(to);
            to.connect(server, CONNECT_MILLIS);
            to.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            thread("up", () -> forward(client, to));
            thread("down", () -> forward(to, client));
        } catch (IOException | InterruptedException e) {
            forget(client);
        }
    }

    private void forward(Socket from, Socket to) {
        byte[] buffer = new byte[64 << 10];
        try {
            int read = from.getInputStream().read(buffer);
            while (read >= 0) {
                pass();
                to.getOutputStream().write(buffer, 0, read);
                read = from.getInputStream().read(buffer);
            }
            pass();
        } catch (IOException | InterruptedException e) {
            // one side ended: so does the other
        }
        forget(from);
        forget(to);
    }

    /** Waits for the end of a cut and for the delay. */
    private void pass() throws InterruptedException, IOException {
        lock.lockInterruptibly();
        try {
            long waitNanos = delay.toNanos();
            while (!closed && waitNanos > 0) {
                waitNanos = changed.awaitNanos(waitNanos);
            }
            while (cut && !closed) {
                changed.await();
            }
            if (closed) {
                throw new IOException("the proxy was closed");
            }
        } finally {
            lock.unlock();
        }
    }

    private void forget(Socket socket) {
        open.remove(socket);
        close(socket);
    }

    private static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void thread(String what, Runnable work) {
        Thread thread = new Thread(work, "cut-proxy-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        change(() -> closed = true);
        close(listener);
        breakConnections();
    }
}
