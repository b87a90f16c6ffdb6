package io.mooncake4j.master.etcd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An authority and certificates that it signed for 127.0.0.1, made by the JDK's keytool. */
public final class TestCertificates {
    private static final char[] PASSWORD = "password".toCharArray();

    private final Path directory;
    private final String authority;
    private final Path store;

    public TestCertificates(Path directory, String authority) throws Exception {
        this.directory = directory;
        this.authority = authority;
        this.store = directory.resolve(authority + ".p12");
        keytool("-genkeypair", "-alias", authority, "-keyalg", "EC", "-dname", "CN=" + authority, "-ext", "bc:c");
    }

    /** The authority's own certificate. */
    public Path ca() throws Exception {
        return pem(
                authority + "-ca.pem", "CERTIFICATE", certificateOf(authority).getEncoded());
    }

    public Path certificate(String name) throws Exception {
        return pem(
                authority + "-" + name + ".pem",
                "CERTIFICATE",
                certificateOf(name).getEncoded());
    }

    /** Of the certificate with that name, as PKCS #8. */
    public Path key(String name) throws Exception {
        Key key = open(name).getKey(name, PASSWORD);
        return pem(authority + "-" + name + ".key", "PRIVATE KEY", key.getEncoded());
    }

    private Certificate certificateOf(String name) throws Exception {
        return open(name).getCertificate(name);
    }

    private KeyStore open(String name) throws Exception {
        if (!read().containsAlias(name)) {
            keytool(
                    "-genkeypair",
                    "-alias",
                    name,
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=" + name,
                    "-signer",
                    authority,
                    "-ext",
                    "san=ip:127.0.0.1");
        }
        return read();
    }

    private KeyStore read() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        return keys;
    }

    private Path pem(String file, String what, byte[] content) throws IOException {
        String text = "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + what
                + "-----\n";
        return Files.writeString(directory.resolve(file), text);
    }

    private void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        String password = new String(PASSWORD);
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", password));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + said);
        }
    }
}
