package io.mooncake4j.transfer.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpServerTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpRoutes routes = new HttpRoutes()
            .get("/echo", request -> HttpAnswer.text(200, request.parameter("what") + request.header("x-more")))
            .get("/held", this::held)
            .getQuickly("/quick", request -> HttpAnswer.text(200, "quick"))
            .get("/broken", request -> {
                throw new IllegalStateException("for the test");
            })
            .post("/later", request -> CompletableFuture.supplyAsync(() -> HttpAnswer.text(202, "done")));
    private HttpServer server = start(Duration.ofSeconds(30));

    private HttpServer start(Duration requestTimeout) {
        return HttpServer.start(
                new HttpServerOptions("127.0.0.1", 0, "--p", 4, requestTimeout, Duration.ofSeconds(30)), routes);
    }

    private HttpAnswer held(HttpRequest request) {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return HttpAnswer.text(200, "held");
    }

    @AfterEach
    void close() {
        release.countDown();
        server.close();
    }

    private java.net.http.HttpRequest.Builder request(String path) {
        return java.net.http.HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<String> send(java.net.http.HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }

    @Test
    void shouldDecodeParametersAndHeadersWhenAsked() throws Exception {
        HttpResponse<String> answer =
                send(request("/echo?what=%C3%A4%20b%2Fc&what=second").header("X-More", "!"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("ä b/c!");
        assertThat(answer.headers().firstValue("content-type")).hasValue(HttpAnswer.TEXT);
        assertThat(answer.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    }

    @ParameterizedTest
    @CsvSource({"GET,/nothing,404", "POST,/echo,405", "GET,/later,405", "GET,/broken,500", "POST,/later,202"})
    void shouldSayHowItEndedWhenSomethingIsAsked(String method, String path, int status) throws Exception {
        assertThat(send(request(path).method(method, BodyPublishers.noBody())).statusCode())
                .isEqualTo(status);
    }

    @Test
    void shouldLeaveTheBodyOutWhenOnlyTheHeadIsAskedFor() throws Exception {
        HttpResponse<String> answer = send(request("/quick").method("HEAD", BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-length")).hasValue("5");
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void shouldAnswerProbesWhenAllWorkersAreBusy() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> busy = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            busy.add(client.sendAsync(request("/held").build(), BodyHandlers.ofString()));
        }

        assertThat(send(request("/quick")).body()).isEqualTo("quick");
        assertThat(busy).noneMatch(CompletableFuture::isDone);
        release.countDown();
        for (CompletableFuture<HttpResponse<String>> answer : busy) {
            assertThat(answer.get().body()).isEqualTo("held");
        }
    }

    @Test
    void shouldAnswerInOrderWhenRequestsAreSentAhead() throws Exception {
        try (Socket socket = connect()) {
            String one = "GET /echo?what=%d HTTP/1.1\r\nHost: h\r\n%s\r\n";
            socket.getOutputStream()
                    .write((one.formatted(1, "") + one.formatted(2, "") + one.formatted(3, "Connection: close\r\n"))
                            .getBytes(US_ASCII));

            assertThat(readAll(socket)).containsSubsequence("\r\n\r\n1HTTP/1.1", "\r\n\r\n2HTTP/1.1", "\r\n\r\n3");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/quick", "/echo?what=quick"})
    void shouldAnswerAgainWhenAConnectionIsKept(String path) throws Exception {
        try (Socket socket = connect()) {
            byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n").getBytes(US_ASCII);
            for (int i = 0; i < 5; i++) {
                socket.getOutputStream().write(request);
                StringBuilder answer = new StringBuilder();
                while (!answer.toString().endsWith("\r\n\r\nquick")) {
                    int next = socket.getInputStream().read();
                    assertThat(next).as("after " + answer).isNotNegative();
                    answer.append((char) next);
                }
            }
        }
    }

    @Test
    void shouldAnswerWhenARequestComesInPieces() throws Exception {
        try (Socket socket = connect()) {
            for (byte next : "GET /quick HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".getBytes(US_ASCII)) {
                socket.getOutputStream().write(next);
            }

            assertThat(readAll(socket)).endsWith("quick");
        }
    }

    @Test
    void shouldHangUpWhenARequestTakesTooLongToCome() throws Exception {
        server.close();
        server = start(Duration.ofMillis(200));
        try (Socket socket = connect()) {
            socket.getOutputStream().write("GET /quick HTTP/1.1\r\nHost:".getBytes(US_ASCII));

            assertThat(readAll(socket)).isEmpty();
        }
    }

    @Test
    void shouldHangUpWhenThereAreTooManyConnections() throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                Socket socket = connect();
                open.add(socket);
                socket.getOutputStream().write("GET /quick HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
            try (Socket tooMuch = connect()) {
                assertThat(tooMuch.getInputStream().read()).isEqualTo(-1);
            }
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'GET /quick NOTHING\r\n\r\n', 400",
        "'GET /echo?what=%zz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n', 400",
        "'POST /later HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n', 413"
    })
    void shouldRefuseWhenARequestIsWrongOrTooLarge(String bytes, int status) throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(bytes.getBytes(US_ASCII));

            String start = new String(socket.getInputStream().readNBytes(12), US_ASCII);
            assertThat(start).isEqualTo("HTTP/1.1 " + status);
        }
    }

    @Test
    void shouldHangUpAndServeOthersWhenALineIsTooLong() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(("GET /quick?" + "x".repeat(1 << 20)).getBytes(US_ASCII));

            // the answer may be lost as the rest of the line is never read
            assertThat(readAll(socket)).doesNotContain(" 200 ");
        } catch (IOException e) {
            assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
        }
        assertThat(send(request("/quick")).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldNameThePortAndTheFlagWhenThePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> HttpServer.start(
                            HttpServerOptions.of("127.0.0.1", taken.getLocalPort(), "--admin-port"), routes))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("--admin-port");
        }
    }
}
