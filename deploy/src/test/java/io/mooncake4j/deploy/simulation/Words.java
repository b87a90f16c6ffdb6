package io.mooncake4j.deploy.simulation;

import com.google.protobuf.MessageLite;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.TextFormat;
import java.util.regex.Pattern;

/** Messages on one line, without seals and keys. */
final class Words {
    private static final Pattern SECRETS = Pattern.compile("(mac|access_key): \"(\\\\.|[^\"\\\\])*\" ?");

    private Words() {}

    static String of(MessageLite message) {
        return SECRETS.matcher(TextFormat.shortDebugString((MessageOrBuilder) message))
                .replaceAll("");
    }
}
