package io.mooncake4j.deploy.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.deploy.history.Operation.Kind;
import io.mooncake4j.deploy.history.Operation.Outcome;
import io.mooncake4j.deploy.history.Outage.Allows;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Times are seconds. */
class HistoryCheckerTest {
    private final List<Operation> operations = new ArrayList<>();
    private final List<Outage> outages = new ArrayList<>();

    private static long nanos(double seconds) {
        return (long) (seconds * Duration.ofSeconds(1).toNanos());
    }

    private void add(Kind kind, long version, Outcome outcome, double begun, double ended) {
        operations.add(Operation.of(kind, "key", version, outcome, nanos(begun), nanos(ended)));
    }

    private void stored(long version, double begun, double ended) {
        add(Kind.PUT, version, Outcome.DONE, begun, ended);
    }

    private void triedToPut(long version, double begun, double ended) {
        operations.add(Operation.failed(Kind.PUT, "key", version, "RPC_TIMEOUT", nanos(begun), nanos(ended)));
    }

    private void removed(double begun, double ended) {
        add(Kind.REMOVE, 0, Outcome.DONE, begun, ended);
    }

    private void read(long version, double begun, double ended) {
        add(Kind.READ, version, Outcome.DONE, begun, ended);
    }

    private void missed(double begun, double ended) {
        add(Kind.READ, 0, Outcome.NOTHING, begun, ended);
    }

    private void outage(Allows allows, double begun, double ended) {
        outages.add(new Outage(allows, nanos(begun), nanos(ended)));
    }

    private List<String> objections() {
        return new HistoryChecker(outages, Duration.ofSeconds(20)).objections(operations);
    }

    private void assertRefused(String why) {
        assertThat(objections()).singleElement().asString().startsWith(why);
    }

    @Test
    void shouldObjectToNothingWhenVersionsComeAndGo() {
        missed(0, 1);
        stored(1, 1, 2);
        read(1, 2, 3);
        add(Kind.PUT, 2, Outcome.NOTHING, 3, 4);
        read(1, 3, 4);
        removed(4, 5);
        missed(5, 6);
        stored(3, 6, 7);
        read(3, 7, 8);
        assertThat(objections()).isEmpty();
    }

    @Test
    void shouldObjectWhenNobodyPutWhatIsRead() {
        stored(1, 1, 2);
        read(-1, 3, 4);
        assertThat(objections()).anyMatch(each -> each.startsWith("nobody had put what came"));
    }

    @Test
    void shouldObjectWhenReadEndedBeforeThePutBegan() {
        read(1, 0, 1);
        stored(1, 2, 3);
        assertRefused("nobody had put what came");
    }

    @Test
    void shouldObjectWhenVersionIsReadWhosePutFoundTheKeyTaken() {
        add(Kind.PUT, 2, Outcome.NOTHING, 1, 2);
        read(2, 3, 4);
        assertRefused("what came is of a put that was told that the key is taken");
    }

    @Test
    void shouldObjectWhenWhatWasRemovedIsRead() {
        stored(1, 1, 2);
        removed(3, 4);
        read(1, 5, 6);
        assertRefused("what was gone came back");
    }

    @Test
    void shouldObjectWhenWhatAnotherVersionHasTakenThePlaceOfIsRead() {
        stored(1, 1, 2);
        operations.add(Operation.failed(Kind.REMOVE, "key", 0, "RPC_TIMEOUT", nanos(3), nanos(4)));
        stored(2, 5, 6);
        read(1, 7, 8);
        assertThat(objections()).anyMatch(each -> each.startsWith("what was gone came back"));
    }

    @Test
    void shouldObjectWhenWhatWasReadOnceAndRemovedComesBackFromAPutOfUnknownOutcome() {
        triedToPut(1, 1, 2);
        read(1, 3, 4);
        removed(5, 6);
        read(1, 7, 8);
        assertRefused("what was gone came back");
    }

    @Test
    void shouldExcuseWhatOverlapsTheRemoval() {
        stored(1, 1, 2);
        removed(3, 6);
        read(1, 5, 7);
        assertThat(objections()).isEmpty();
    }

    @Test
    void shouldExcuseReadWhenRemovalCameBeforeAPutOfUnknownOutcomeTookEffect() {
        triedToPut(1, 1, 2);
        removed(3, 4);
        read(1, 5, 6);
        assertThat(objections()).isEmpty();
    }

    @Test
    void shouldObjectWhenWhatWasAcknowledgedIsMissing() {
        stored(1, 1, 2);
        missed(3, 4);
        assertRefused("what was acknowledged is lost");
    }

    @Test
    void shouldObjectWhenKeyIsPutAnewThoughNobodyRemovedIt() {
        stored(1, 1, 2);
        stored(2, 3, 4);
        assertRefused("what was acknowledged is lost");
    }

    @Test
    void shouldObjectWhenOnlyARemovalBeforeThePutCouldExplainTheMiss() {
        removed(0, 1);
        stored(1, 2, 3);
        missed(4, 5);
        assertRefused("what was acknowledged is lost");
    }

    @Test
    void shouldExcuseMissWhenARemovalOfUnknownOutcomeBeganBefore() {
        operations.add(Operation.failed(Kind.REMOVE, "key", 0, "RPC_TIMEOUT", nanos(0), nanos(1)));
        stored(1, 2, 3);
        missed(4, 5);
        assertThat(objections()).isEmpty();
    }

    @Test
    void shouldExcuseOnlyTheTailWhenItMayBeForgotten() {
        outage(Allows.FORGETTING_THE_TAIL, 10, 12);
        stored(1, 9.5, 9.6);
        missed(13, 14);
        assertThat(objections()).isEmpty();

        operations.clear();
        stored(1, 7, 8);
        missed(13, 14);
        assertRefused("what was acknowledged is lost");

        operations.clear();
        stored(1, 12.1, 12.2);
        missed(13, 14);
        assertRefused("what was acknowledged is lost");
    }

    @Test
    void shouldObjectWhenTheTailIsMissingBeforeTheOutage() {
        outage(Allows.FORGETTING_THE_TAIL, 10, 12);
        stored(1, 9.5, 9.6);
        missed(9.7, 9.8);
        assertRefused("what was acknowledged is lost");
    }

    @Test
    void shouldExcuseWhatComesBackWhenWhatTookItsPlaceMayBeForgottenButNotWhenItWasRemoved() {
        outage(Allows.FORGETTING_THE_TAIL, 10, 12);
        stored(1, 1, 2);
        operations.add(Operation.failed(Kind.REMOVE, "key", 0, "RPC_TIMEOUT", nanos(9.1), nanos(9.2)));
        stored(2, 9.5, 9.6);
        read(1, 13, 14);
        assertThat(objections()).isEmpty();

        removed(9.3, 9.4);
        assertRefused("what was gone came back");
    }

    @Test
    void shouldExcuseMissesOnlyDuringTheOutageThatAllowsThem() {
        outage(Allows.MISSES, 10, 12);
        stored(1, 1, 2);
        missed(11, 11.5);
        assertThat(objections()).isEmpty();

        missed(13, 14);
        assertRefused("what was acknowledged is lost");
    }

    @Test
    void shouldExcuseMissAfterTheOutageWhenTheKeyWasPutAnewDuringIt() {
        outage(Allows.MISSES, 10, 12);
        stored(1, 1, 2);
        stored(2, 11, 11.5);
        removed(11.6, 11.7);
        missed(13, 14);
        assertThat(objections()).isEmpty();

        read(1, 15, 16);
        assertRefused("what was gone came back");
    }

    @Test
    void shouldExcuseEveryLossOnlyOfWhatWasPutBeforeItsEnd() {
        outage(Allows.LOSS, 10, 12);
        stored(1, 1, 2);
        missed(11, 11.5);
        assertThat(objections()).isEmpty();

        stored(2, 13, 14);
        missed(15, 16);
        assertRefused("what was acknowledged is lost");
    }

    @Test
    void shouldExcuseNothingWhenOutageAllowsNothing() {
        outage(Allows.NOTHING, 10, 12);
        stored(1, 9.5, 9.6);
        missed(13, 14);
        assertRefused("what was acknowledged is lost");
    }

    @Test
    void shouldObjectWhenACallEndedLongAfterItsDeadline() {
        triedToPut(1, 1, 21);
        assertThat(objections()).isEmpty();

        triedToPut(2, 1, 21.1);
        assertRefused("it ended 20100 ms after it began: PUT key version 2");
    }

    @Test
    void shouldReadWhatItWroteWhenTakenDownInAFile(@TempDir Path directory) throws IOException {
        stored(1, 1, 2);
        triedToPut(2, 3, 4);
        removed(5, 6);
        Path file = directory.resolve("history");
        try (History history = History.to(file)) {
            operations.forEach(history::add);
            history.flush();
            assertThat(History.read(file)).isEqualTo(operations);
        }
    }
}
