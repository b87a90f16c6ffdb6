package io.mooncake4j.transfer.http;

import java.util.concurrent.CompletionStage;

/** Answers requests to one path. Called on any thread; a failure becomes a status of 500. */
@FunctionalInterface
public interface HttpHandler {
    CompletionStage<HttpAnswer> answer(HttpRequest request);
}
