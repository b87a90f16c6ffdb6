package io.mooncake4j.helm;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names of metrics: that files of operators use, and that processes have. */
final class MetricNames {
    private static final Pattern USED = Pattern.compile("\\b(mooncake4j_|jvm_|process_|system_)[a-z0-9_]+");
    private static final Pattern HAD = Pattern.compile("(?m)^[a-zA-Z_][a-zA-Z0-9_]*");

    private MetricNames() {}

    static Set<String> usedIn(Path file) throws IOException {
        return matches(USED, Files.readString(file));
    }

    /** Of a process that shows them over HTTP. */
    static Set<String> scraped(String address, int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + ":" + port + "/metrics"))
                .timeout(Duration.ofSeconds(10))
                .build();
        return in(HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body());
    }

    /** In Prometheus' text format. */
    static Set<String> in(String page) {
        return matches(HAD, page);
    }

    private static Set<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }
}
