package io.mooncake4j.transfer.http;

/** Writes JSON, piece by piece; that the pieces make sense is the caller's business. For one thread. */
public final class JsonText {
    private final StringBuilder text = new StringBuilder();
    private boolean first = true;

    public JsonText beginObject() {
        return open('{');
    }

    public JsonText endObject() {
        return close('}');
    }

    public JsonText beginArray() {
        return open('[');
    }

    public JsonText endArray() {
        return close(']');
    }

    public JsonText name(String name) {
        separate();
        quote(name);
        text.append(':');
        first = true;
        return this;
    }

    public JsonText value(String value) {
        separate();
        quote(value);
        return this;
    }

    public JsonText value(long value) {
        return raw(Long.toString(value));
    }

    public JsonText value(boolean value) {
        return raw(Boolean.toString(value));
    }

    /** JSON has no infinity and no NaN: they become null. */
    public JsonText value(double value) {
        return raw(Double.isFinite(value) ? Double.toString(value) : "null");
    }

    public JsonText field(String name, String value) {
        return name(name).value(value);
    }

    public JsonText field(String name, long value) {
        return name(name).value(value);
    }

    public JsonText field(String name, double value) {
        return name(name).value(value);
    }

    public JsonText field(String name, boolean value) {
        return name(name).value(value);
    }

    private JsonText open(char bracket) {
        separate();
        text.append(bracket);
        first = true;
        return this;
    }

    private JsonText close(char bracket) {
        text.append(bracket);
        first = false;
        return this;
    }

    private JsonText raw(String literal) {
        separate();
        text.append(literal);
        return this;
    }

    private void separate() {
        if (!first) {
            text.append(',');
        }
        first = false;
    }

    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    // not only what JSON asks for: a page that contains it must not end there
                    if (c < ' ' || c == '<' || c == '\u2028' || c == '\u2029') {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
