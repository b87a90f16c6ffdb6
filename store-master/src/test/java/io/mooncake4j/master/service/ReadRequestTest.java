package io.mooncake4j.master.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.proto.ExistsRequest;
import io.mooncake4j.transfer.wire.proto.GetReplicasRequest;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.Uuid;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What the master decodes by itself is what protobuf would have decoded. */
class ReadRequestTest {
    /** A byte of a message that was changed on its way. */
    record Flaw(int at, byte value) {}

    private final DecodedRequests decoded = new DecodedRequests();

    private static UnknownFieldSet unknown(int field, UnknownFieldSet.Field value) {
        return UnknownFieldSet.newBuilder().addField(field, value).build();
    }

    /** Fields of a newer version, and lengths that are not packed. */
    private static Arbitrary<UnknownFieldSet> others() {
        Arbitrary<UnknownFieldSet.Field> values = Arbitraries.longs()
                .map(value -> UnknownFieldSet.Field.newBuilder()
                        .addVarint(value)
                        .addFixed64(value)
                        .addFixed32(value.intValue())
                        .addLengthDelimited(ByteString.copyFromUtf8("\u0001\u0002"))
                        .addGroup(unknown(
                                1,
                                UnknownFieldSet.Field.newBuilder().addVarint(1).build()))
                        .build());
        Arbitrary<UnknownFieldSet.Field> lengths = Arbitraries.integers()
                .between(0, 3)
                .map(value ->
                        UnknownFieldSet.Field.newBuilder().addVarint(value).build());
        return Arbitraries.oneOf(
                Arbitraries.just(UnknownFieldSet.getDefaultInstance()),
                values.map(value -> unknown(9, value)),
                lengths.map(value -> unknown(Keys.LENGTHS_FIELD_NUMBER, value)));
    }

    private static Arbitrary<Keys> keys() {
        Arbitrary<Keys> sensible = Arbitraries.strings()
                .ofMinLength(1)
                .ofMaxLength(20)
                .filter(key -> ByteString.copyFromUtf8(key).toStringUtf8().equals(key))
                .list()
                .ofMaxSize(20)
                .map(list -> KeyColumn.of(list).toProto());
        Arbitrary<Keys> any = Combinators.combine(
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(20),
                        Arbitraries.integers().between(-1, 12).list().ofMaxSize(120),
                        others())
                .as((bytes, lengths, more) -> Keys.newBuilder()
                        .setBytes(ByteString.copyFrom(bytes))
                        .addAllLengths(lengths)
                        .setUnknownFields(more)
                        .build());
        return Arbitraries.oneOf(sensible, any);
    }

    /** One message, or several one behind the other, which are one whose later fields count. */
    @Provide
    static Arbitrary<ByteString> gets() {
        Arbitrary<Uuid> clients = Combinators.combine(Arbitraries.longs(), Arbitraries.longs(), others())
                .as((hi, lo, more) -> Uuid.newBuilder()
                        .setHi(hi)
                        .setLo(lo)
                        .setUnknownFields(more)
                        .build());
        Arbitrary<ByteString> one = Combinators.combine(
                        clients.injectNull(0.2), Arbitraries.strings().ofMaxLength(5), keys().injectNull(0.2), others())
                .as((client, tenant, all, more) -> {
                    GetReplicasRequest.Builder request =
                            GetReplicasRequest.newBuilder().setTenant(tenant).setUnknownFields(more);
                    if (client != null) {
                        request.setClient(client);
                    }
                    if (all != null) {
                        request.setKeys(all);
                    }
                    return request.build().toByteString();
                });
        return one.list().ofMaxSize(3).map(ByteString::copyFrom);
    }

    @Property(tries = 500)
    void shouldDecodeAsProtobufDoesWhenMessageIsWellFormed(@ForAll("gets") ByteString message) throws Exception {
        assertThat(decoded.agreeOn(message.toByteArray())).isTrue();
        GetReplicasRequest get = GetReplicasRequest.parseFrom(message);
        ExistsRequest exists = ExistsRequest.newBuilder()
                .setTenant(get.getTenant())
                .setKeys(get.getKeys())
                .build();
        assertThat(decoded.agreeOnExists(exists.toByteArray())).isTrue();
    }

    @Provide
    static Arbitrary<List<Flaw>> flaws() {
        return Combinators.combine(Arbitraries.integers().between(0, 1000), Arbitraries.bytes())
                .as(Flaw::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
    }

    @Property(tries = 2000)
    void shouldRefuseOrDecodeAsProtobufDoesWhenMessageIsDamaged(
            @ForAll("gets") ByteString message, @ForAll("flaws") List<Flaw> flaws) {
        byte[] damaged = message.toByteArray();
        for (Flaw flaw : flaws) {
            if (damaged.length > 0) {
                damaged[flaw.at % damaged.length] = flaw.value;
            }
        }
        decoded.agreeOn(damaged);
        decoded.agreeOnExists(damaged);
    }

    @Example
    void shouldOnlyCountKeysWhenThereAreTooMany() throws Exception {
        Keys many = Keys.newBuilder()
                .setBytes(ByteString.copyFromUtf8("k".repeat(500)))
                .addAllLengths(Collections.nCopies(500, 1))
                .build();
        ReadRequest request = ReadRequest.ofGet(100);
        byte[] message = GetReplicasRequest.newBuilder().setKeys(many).build().toByteArray();
        request.read(message, message.length);
        assertThat(request.count()).isEqualTo(500);
    }
}
