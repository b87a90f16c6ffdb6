package io.mooncake4j.master.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.http.HttpAnswer;
import io.mooncake4j.transfer.http.HttpRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminGuardTest {
    private static int status(AdminGuard guard, String from, String headers) throws UnknownHostException {
        Map<String, String> named = new HashMap<>();
        for (String header : headers.isEmpty() ? new String[0] : headers.split("; ")) {
            named.put(header.split("=", 2)[0], header.split("=", 2)[1]);
        }
        HttpAnswer objection = guard.objection(
                new HttpRequest("POST", "/", Map.<String, List<String>>of(), named, InetAddress.getByName(from)));
        return objection == null ? 0 : objection.status();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, host=127.0.0.1:9003, 0",
        "::1, host=[::1]:9003, 0",
        "127.0.0.1, host=localhost:9003; origin=http://localhost:9003, 0",
        "10.0.0.7, host=10.0.0.1:9003, 403",
        // a page of another host, and one that made its name mean this machine
        "127.0.0.1, host=127.0.0.1:9003; origin=http://evil.example, 403",
        "127.0.0.1, host=127.0.0.1:9003; origin=null, 403",
        "127.0.0.1, host=evil.example:9003, 403",
        "127.0.0.1, '', 403",
        // a proxy on this machine
        "127.0.0.1, host=localhost; x-forwarded-for=10.0.0.7, 403",
        "127.0.0.1, host=localhost; forwarded=for=10.0.0.7, 403"
    })
    void shouldLetOnlyThisMachineChangeAnythingWhenNoTokenIsSet(String from, String headers, int status)
            throws Exception {
        assertThat(status(new AdminGuard(""), from, headers)).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.7, authorization=Bearer secret, 0",
        "10.0.0.7, authorization=bearer  secret, 0",
        "127.0.0.1, host=localhost, 401",
        "127.0.0.1, authorization=Bearer, 401",
        "127.0.0.1, authorization=Bearer secre, 401",
        "127.0.0.1, authorization=Bearer secrets, 401",
        "127.0.0.1, authorization=Basic secret, 401"
    })
    void shouldAskForTheTokenWhenOneIsSet(String from, String headers, int status) throws Exception {
        assertThat(status(new AdminGuard("secret"), from, headers)).isEqualTo(status);
    }
}
