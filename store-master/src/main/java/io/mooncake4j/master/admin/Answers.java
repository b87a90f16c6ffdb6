package io.mooncake4j.master.admin;

import io.mooncake4j.transfer.http.HttpAnswer;
import io.mooncake4j.transfer.http.JsonText;
import io.mooncake4j.transfer.wire.ErrorCode;

/** Answers in the form that Mooncake's have. */
final class Answers {
    private Answers() {}

    static HttpAnswer failed(int status, ErrorCode code, String message) {
        return HttpAnswer.json(
                status,
                new JsonText()
                        .beginObject()
                        .field("success", false)
                        .field("error_code", code.number())
                        .field("error_message", message)
                        .endObject());
    }
}
