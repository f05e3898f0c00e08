package io.threadmill.egress;

import static io.threadmill.egress.Doors.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates are checked, against the name of the URL and not against the address dialled. */
class TlsIT {

  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private static Path folder;
  private static Path keys;

  private RawOrigin origin;

  /** A certificate of our own for site.example, made by the JDK's own tool. */
  @BeforeAll
  static void makeCertificate() throws Exception {
    keys = folder.resolve("keys.p12");
    Process tool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "site",
                "-keyalg",
                "EC",
                "-dname",
                "CN=site.example",
                "-ext",
                "SAN=dns:site.example",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                keys.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(tool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(tool.exitValue()).as(Files.readString(folder.resolve("keytool.log"))).isZero();
  }

  @BeforeEach
  void listen() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD);
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    ServerSocket server =
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    origin =
        RawOrigin.start(
            server,
            talk -> {
              while (talk.head() != null) {
                talk.send(RawOrigin.ok("hello"));
              }
            });
  }

  @AfterEach
  void close() {
    origin.close();
    System.clearProperty("javax.net.ssl.trustStore");
    System.clearProperty("javax.net.ssl.trustStorePassword");
  }

  /** A door whose JVM trusts the certificate; the client reads the properties when it is built. */
  private static HttpEgress trusting() {
    System.setProperty("javax.net.ssl.trustStore", keys.toString());
    System.setProperty("javax.net.ssl.trustStorePassword", new String(PASSWORD));
    return Doors.local();
  }

  @Test
  void aTrustedCertificateForTheNameIsAccepted() {
    try (HttpEgress door = trusting()) {
      String url = "https://site.example:" + origin.port() + "/";
      assertThat(door.fetch(get(url))).isInstanceOf(Fetched.class);
      assertThat(door.fetch(get(url))).isInstanceOf(Fetched.class);
      assertThat(origin.accepted()).isEqualTo(1);
    }
  }

  @Test
  void aTrustedCertificateForAnotherNameIsRefused() {
    try (HttpEgress door = trusting()) {
      assertRefused(door, "other.example");
      assertRefused(door, "127.0.0.1");
    }
  }

  @Test
  void aCertificateNobodyVouchesForIsRefused() {
    try (HttpEgress door = Doors.local()) {
      assertRefused(door, "site.example");
    }
  }

  private void assertRefused(HttpEgress door, String host) {
    assertThat(door.fetch(get("https://" + host + ":" + origin.port() + "/")))
        .isEqualTo(
            new Failed(
                FetchFailure.TLS_FAILED,
                "the certificate of %s:%d is not trusted or not for that name"
                    .formatted(host, origin.port()),
                false));
    assertThat(origin.heads).isEmpty();
  }

  @Test
  void anIpv6AddressIsFetchedUnderItsBrackets() {
    try (RawOrigin six =
            RawOrigin.start(
                "::1",
                0,
                talk -> {
                  talk.head();
                  talk.send(RawOrigin.ok("hello"));
                });
        HttpEgress door = Doors.allowing(List.of("::1"), Doors.resolving("::1"))) {
      assertThat(door.fetch(get("http://[0:0::1]:" + six.port() + "/")))
          .isInstanceOf(Fetched.class);
      assertThat(six.heads.getFirst()).contains("\r\nHost: [::1]:" + six.port() + "\r\n");
    } catch (IOException e) {
      assumeTrue(false, "no IPv6 here: " + e.getMessage());
    }
  }
}
