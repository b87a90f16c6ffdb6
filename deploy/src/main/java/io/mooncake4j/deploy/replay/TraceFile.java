package io.mooncake4j.deploy.replay;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Traces in Mooncake's format: one JSON object a line with {@code timestamp} (ms) and {@code hash_ids}; lengths and
 * unknown fields are skipped.
 */
public final class TraceFile {
    private TraceFile() {}

    /**
     * The first requests of a trace, in the order of the file.
     *
     * @param limit how many at most
     * @throws TraceFormatException with file and line, if a line is no request
     */
    public static List<TraceRequest> read(Path file, int limit) throws IOException {
        List<TraceRequest> requests = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            String line;
            for (int number = 1; requests.size() < limit && (line = nextLine(reader, file, number)) != null; number++) {
                if (line.isBlank()) {
                    continue;
                }
                try {
                    requests.add(parse(line));
                } catch (TraceFormatException e) {
                    throw new TraceFormatException(file + ", line " + number + ", " + e.getMessage());
                }
            }
        }
        return requests;
    }

    private static @Nullable String nextLine(BufferedReader reader, Path file, int number) throws IOException {
        try {
            return reader.readLine();
        } catch (CharacterCodingException e) {
            throw new TraceFormatException(file + ", line " + number + " or soon after: this is no UTF-8 text");
        }
    }

    static TraceRequest parse(String line) throws TraceFormatException {
        JsonCursor json = new JsonCursor(line);
        long timestampMillis = -1;
        long[] blockIds = null;
        json.expect('{');
        if (!json.accept('}')) {
            do {
                String name = json.string();
                json.expect(':');
                switch (name) {
                    case "timestamp" -> timestampMillis = json.wholeNumber();
                    case "hash_ids" -> blockIds = json.wholeNumbers();
                    default -> json.skipValue();
                }
            } while (json.accept(','));
            json.expect('}');
        }
        json.expectEnd();
        if (timestampMillis < 0 || blockIds == null) {
            throw new TraceFormatException("a request needs timestamp and hash_ids");
        }
        return new TraceRequest(timestampMillis, blockIds);
    }
}
