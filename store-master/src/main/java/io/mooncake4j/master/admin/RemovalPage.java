package io.mooncake4j.master.admin;

import io.mooncake4j.master.placement.ChangeLog;
import io.mooncake4j.master.placement.Commit;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.Tenant;
import io.mooncake4j.transfer.http.HttpAnswer;
import io.mooncake4j.transfer.http.HttpRequest;
import io.mooncake4j.transfer.http.HttpRoutes;
import io.mooncake4j.transfer.http.JsonText;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes everything of a tenant's, or, as in Mooncake, of all tenants where none is named. */
final class RemovalPage {
    private static final Logger LOG = LoggerFactory.getLogger(RemovalPage.class);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final LeaderPages pages;
    private final AdminGuard guard;

    RemovalPage(LeaderPages pages, AdminGuard guard) {
        this.pages = pages;
        this.guard = guard;
    }

    void addTo(HttpRoutes routes) {
        routes.post("/api/v1/remove_all", this::removeAll);
    }

    private CompletionStage<HttpAnswer> removeAll(HttpRequest request) {
        HttpAnswer objection = guard.objection(request);
        if (objection != null) {
            return CompletableFuture.completedFuture(objection);
        }
        MasterCore core = pages.status().leading();
        if (core == null) {
            return CompletableFuture.completedFuture(pages.unavailable());
        }
        String named = request.parameter("tenant_id");
        List<Tenant> tenants = named.isEmpty()
                ? core.objects().tenants()
                : List.of(core.objects().knownTenant(named));
        Deadline deadline = Deadline.after(LONGEST);
        Commit commit = new Commit();
        long removed = 0;
        for (Tenant tenant : tenants) {
            removed += core.removals().removeMatching(tenant, key -> true, commit, System.nanoTime());
        }
        LOG.info(
                "{} removed {} objects of {}",
                request.from().getHostAddress(),
                removed,
                named.isEmpty() ? "all tenants" : "tenant " + named);
        CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
        core.log().whenDurable(commit.sequence(), new Removed(core, removed, deadline, answer));
        return answer;
    }

    /** Answers once nothing that was removed can come back (S8). */
    private final class Removed implements ChangeLog.Waiter {
        private final MasterCore core;
        private final long removed;
        private final Deadline deadline;
        private final CompletableFuture<HttpAnswer> answer;

        Removed(MasterCore core, long removed, Deadline deadline, CompletableFuture<HttpAnswer> answer) {
            this.core = core;
            this.removed = removed;
            this.deadline = deadline;
            this.answer = answer;
        }

        @Override
        public void durable() {
            JsonText json = new JsonText().beginObject().field("success", true).field("removed_count", removed);
            answer.complete(
                    pages.status().stillLeads(core) ? HttpAnswer.json(200, json.endObject()) : pages.unavailable());
        }

        @Override
        public void lost() {
            answer.complete(pages.unavailable());
        }

        @Override
        public boolean isOver() {
            return deadline.expired();
        }

        @Override
        public void givenUp(String why) {
            answer.complete(Answers.failed(
                    503, ErrorCode.RPC_TIMEOUT, why + "; the removal may be durable later, or never: ask again"));
        }
    }
}
