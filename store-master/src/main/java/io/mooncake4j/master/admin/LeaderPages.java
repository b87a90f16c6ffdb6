package io.mooncake4j.master.admin;

import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.service.MasterStatus;
import io.mooncake4j.transfer.http.HttpAnswer;
import io.mooncake4j.transfer.http.HttpRequest;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Lets only a master answer that leads, before and after it has read its state (S4). */
record LeaderPages(MasterStatus status) {
    Function<HttpRequest, HttpAnswer> only(BiFunction<MasterCore, HttpRequest, HttpAnswer> page) {
        return request -> {
            MasterCore core = status.leading();
            if (core == null) {
                return unavailable();
            }
            HttpAnswer answer;
            try {
                answer = page.apply(core, request);
            } catch (StoreException e) {
                return Answers.failed(e.code() == ErrorCode.INVALID_PARAMS ? 400 : 500, e.code(), e.reason());
            }
            return status.stillLeads(core) ? answer : unavailable();
        };
    }

    HttpAnswer unavailable() {
        HostPort leader = status.leader();
        return Answers.failed(
                503,
                ErrorCode.UNAVAILABLE_IN_CURRENT_MODE,
                "service plane is not active: this master does not lead"
                        + (leader == null ? "" : ", " + leader + " does"));
    }
}
