package io.mooncake4j.transfer.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonTextTest {
    @Test
    void shouldWriteWhatWasSaidWhenEverythingIsThere() {
        JsonText json = new JsonText()
                .beginObject()
                .field("text", "a\"b\\c\n\u0001</script>\u2028ä")
                .field("number", -5L)
                .field("ratio", 0.5)
                .field("nothing", Double.NaN)
                .field("yes", true)
                .name("list")
                .beginArray()
                .value(1)
                .value("two")
                .beginObject()
                .endObject()
                .endArray()
                .name("empty")
                .beginArray()
                .endArray()
                .endObject();

        assertThat(json.toString())
                .isEqualTo("{\"text\":\"a\\\"b\\\\c\\n\\u0001\\u003c/script>\\u2028ä\",\"number\":-5,\"ratio\":0.5,"
                        + "\"nothing\":null,\"yes\":true,\"list\":[1,\"two\",{}],\"empty\":[]}");
    }
}
