package io.mooncake4j.helm;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Probe;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** What a kubelet asks a container. */
final class Probes {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private static final int TIMEOUT_MILLIS = 1000;

    private Probes() {}

    /** One asking. */
    static boolean succeeds(Probe probe, Container container, String address) {
        try {
            if (probe.getTcpSocket() != null) {
                try (Socket socket = new Socket()) {
                    int port = port(probe.getTcpSocket().getPort().getStrVal(), container);
                    socket.connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
                    return true;
                }
            }
            int port = port(probe.getHttpGet().getPort().getStrVal(), container);
            URI uri = URI.create(
                    "http://" + address + ":" + port + probe.getHttpGet().getPath());
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .timeout(Duration.ofMillis(TIMEOUT_MILLIS))
                    .build();
            int status =
                    HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            return status >= 200 && status < 400;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static int port(String name, Container container) {
        return container.getPorts().stream()
                .filter(each -> each.getName().equals(name))
                .mapToInt(ContainerPort::getContainerPort)
                .findFirst()
                .orElseThrow();
    }
}
