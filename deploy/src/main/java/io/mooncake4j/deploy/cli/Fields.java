package io.mooncake4j.deploy.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One JSON object in the making: its fields, in the order in which they are given. Names, once given, stay. */
final class Fields {
    private static final JSON WRITER = JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES);

    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

    /** A number that is none becomes null. */
    Fields with(String name, @Nullable Object value) {
        boolean noNumber = value instanceof Double number && !Double.isFinite(number);
        values.put(name, noNumber ? null : value);
        return this;
    }

    Fields with(String name, Fields nested) {
        return with(name, nested.values);
    }

    Fields with(String name, List<Fields> nested) {
        return with(name, (Object) nested.stream().map(fields -> fields.values).toList());
    }

    /** The fields so far, as a value of another object. */
    Map<String, @Nullable Object> asMap() {
        return values;
    }

    /** Prints the object as one line. */
    void print(PrintStream out) {
        try {
            out.println(WRITER.asString(values));
        } catch (IOException e) {
            throw new UncheckedIOException("the result can't be written as JSON", e);
        }
    }
}
