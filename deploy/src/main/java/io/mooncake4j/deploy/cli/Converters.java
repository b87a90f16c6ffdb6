package io.mooncake4j.deploy.cli;

import io.mooncake4j.transfer.settings.ByteSize;
import io.mooncake4j.transfer.settings.DurationText;
import io.mooncake4j.transfer.settings.SettingException;
import java.time.Duration;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Option values that are written as settings are. */
final class Converters {
    private Converters() {}

    static void register(CommandLine commandLine) {
        commandLine.registerConverter(Bytes.class, of(text -> new Bytes(ByteSize.parse(text))));
        commandLine.registerConverter(Duration.class, of(DurationText::parse));
    }

    private static <T> ITypeConverter<T> of(Function<String, T> parser) {
        return text -> {
            try {
                return parser.apply(text);
            } catch (SettingException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    /** A size in bytes. */
    record Bytes(long count) {
        @Override
        public String toString() {
            return ByteSize.format(count);
        }
    }
}
