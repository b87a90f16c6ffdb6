package io.mooncake4j.deploy.page;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Headless Chromium, driven by WebDriver: that is JSON over HTTP, and so needs no library. The programs are Debian's;
 * {@code -Dmooncake4j.chromedriver=FILE} names another driver.
 */
final class Browser implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final String HOW = "apt-get install chromium chromium-driver (.ci/run does that), or name a driver:"
            + " -Dmooncake4j.chromedriver=FILE";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Process driver;
    private final Path profile;
    private String session = "";

    private Browser(Process driver, Path profile) {
        this.driver = driver;
        this.profile = profile;
    }

    /** Starts driver and browser; fails with what to install if there are none. */
    static Browser start() throws IOException {
        Path program = find();
        Path directory = Files.createTempDirectory("mooncake4j-browser-");
        Path log = directory.resolve("driver.log");
        Process process = new ProcessBuilder(program.toString(), "--port=0", "--allowed-ips=127.0.0.1")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Browser browser = new Browser(process, directory);
        try {
            int port = Awaitility.await("the driver's port")
                    .atMost(LONGEST)
                    .until(() -> portIn(log), Optional::isPresent)
                    .orElseThrow();
            browser.open(port);
            return browser;
        } catch (RuntimeException | Error e) {
            browser.close();
            throw e;
        }
    }

    private static Path find() {
        String named = System.getProperty("mooncake4j.chromedriver", "");
        return Stream.concat(
                        named.isEmpty() ? Stream.empty() : Stream.of(Path.of(named)),
                        Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                                .map(directory -> Path.of(directory, "chromedriver")))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no chromedriver is here: " + HOW));
    }

    private static Optional<Integer> portIn(Path log) throws IOException {
        return Files.readString(log)
                .lines()
                .filter(line -> line.contains("started successfully on port "))
                .map(line -> Integer.parseInt(line.replaceAll(".*on port (\\d+).*", "$1")))
                .findFirst();
    }

    private void open(int port) {
        session = "http://127.0.0.1:" + port + "/session";
        Map<String, Object> options = Map.of(
                "args",
                List.of(
                        "--headless=new",
                        "--no-sandbox", // it refuses to run as root otherwise
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--hide-scrollbars",
                        "--user-data-dir=" + profile.resolve("profile")));
        Map<String, Object> wanted = Map.of(
                "capabilities",
                Map.of(
                        "alwaysMatch",
                        Map.of(
                                "browserName",
                                "chrome",
                                "goog:chromeOptions",
                                options,
                                "goog:loggingPrefs",
                                Map.of("browser", "ALL"))));
        Object opened = post("", wanted);
        session += "/" + ((Map<?, ?>) opened).get("sessionId");
    }

    void visit(String url) {
        post("/url", Map.of("url", url));
    }

    /** What a piece of a script returns, without what it shows. */
    Object script(String body) {
        return post("/execute/sync", Map.of("script", body, "args", List.of()));
    }

    String text(String id) {
        return String.valueOf(script("return document.getElementById('" + id + "').innerText;"));
    }

    /** The size of the window's inside, in CSS pixels; a narrow one is a phone's. */
    void size(int width, int height) {
        post(
                "/goog/cdp/execute",
                Map.of(
                        "cmd",
                        "Emulation.setDeviceMetricsOverride",
                        "params",
                        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false)));
    }

    void dark(boolean on) {
        Map<String, Object> feature = Map.of("name", "prefers-color-scheme", "value", on ? "dark" : "light");
        post(
                "/goog/cdp/execute",
                Map.of("cmd", "Emulation.setEmulatedMedia", "params", Map.of("features", List.of(feature))));
    }

    /** Presses keys, one after the other, in what has the focus. */
    void press(String... keys) {
        List<Object> actions = new ArrayList<>();
        for (String key : keys) {
            actions.add(Map.of("type", "keyDown", "value", key));
            actions.add(Map.of("type", "keyUp", "value", key));
        }
        post("/actions", Map.of("actions", List.of(Map.of("type", "key", "id", "keyboard", "actions", actions))));
    }

    /** What the page has complained of since this was asked last. */
    List<?> complaints() {
        return (List<?>) post("/se/log", Map.of("type", "browser"));
    }

    void screenshot(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Object image = ((Map<?, ?>) post(
                        "/goog/cdp/execute",
                        Map.of(
                                "cmd",
                                "Page.captureScreenshot",
                                "params",
                                Map.of("format", "png", "captureBeyondViewport", true))))
                .get("data");
        Files.write(file, Base64.getDecoder().decode(String.valueOf(image)));
    }

    private Object post(String path, Object body) {
        try {
            return send(HttpRequest.newBuilder(URI.create(session + path))
                    .POST(BodyPublishers.ofString(JSON.std.asString(body))));
        } catch (IOException e) {
            throw new AssertionError(path, e);
        }
    }

    private Object send(HttpRequest.Builder request) throws IOException {
        try {
            HttpResponse<String> answer = http.send(request.timeout(LONGEST).build(), BodyHandlers.ofString());
            Object value = JSON.std.mapFrom(answer.body()).get("value");
            if (answer.statusCode() != 200) {
                throw new AssertionError("the browser refused: " + value + "; if there is none: " + HOW);
            }
            return value;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (session.matches(".*/session/.+")) {
                send(HttpRequest.newBuilder(URI.create(session)).DELETE());
            }
        } finally {
            driver.destroy();
            try {
                if (!driver.waitFor(10, TimeUnit.SECONDS)) {
                    driver.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            try (Stream<Path> files = Files.walk(profile)) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
    }
}
