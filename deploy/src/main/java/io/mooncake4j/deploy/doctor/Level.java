package io.mooncake4j.deploy.doctor;

import java.util.Locale;

/** What a finding means. */
public enum Level {
    OK,
    /** Can't be seen from here. */
    UNKNOWN,
    /** Works, but not as well as it could, or only perhaps. */
    WARNING,
    /** What was asked for won't work. */
    PROBLEM;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
