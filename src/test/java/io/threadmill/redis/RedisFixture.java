package io.threadmill.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The real Redis that tests share, one a JVM: Testcontainers' where a Docker engine answers, else
 * the embedded server. It ends with the JVM.
 */
public final class RedisFixture {

  private static final URI SHARED = dockerAnswers() ? Container.start() : startEmbedded();

  private RedisFixture() {}

  /** The shared server's address. */
  public static URI uri() {
    return SHARED;
  }

  private static URI startEmbedded() {
    try {
      return EmbeddedRedis.start(Files.createTempDirectory("threadmill-redis")).uri();
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  /** Asks the engine itself: a docker command on the path proves nothing. */
  private static boolean dockerAnswers() {
    Path socket = Path.of("/var/run/docker.sock");
    if (System.getenv("DOCKER_HOST") != null) {
      return true;
    }
    if (!Files.exists(socket)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(
          ByteBuffer.wrap(
              "GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer answer = ByteBuffer.allocate(64);
      return channel.read(answer) > 0
          && new String(answer.array(), StandardCharsets.US_ASCII).contains(" 200 ");
    } catch (IOException _) {
      return false;
    }
  }

  /** Deletes everything on the shared server. */
  public static void flush() {
    command("FLUSHALL");
  }

  /** Sends the shared server a command that neither scripts nor the client's objects offer. */
  public static void command(String command) {
    URI uri = uri();
    try (var socket = new Socket(uri.getHost(), uri.getPort())) {
      OutputStream out = socket.getOutputStream();
      String auth =
          uri.getUserInfo() == null
              ? ""
              : "AUTH " + uri.getUserInfo().substring(uri.getUserInfo().indexOf(':') + 1) + "\r\n";
      out.write((auth + command + "\r\nQUIT\r\n").getBytes(StandardCharsets.UTF_8));
      InputStream in = socket.getInputStream();
      String answers = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      if (answers.contains("-")) {
        throw new IllegalStateException("Redis refused: " + answers);
      }
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  /** Loaded only where Docker answers; without it Testcontainers logs errors. */
  private static final class Container {
    @SuppressWarnings("resource") // ends with the JVM
    static URI start() {
      var redis =
          new GenericContainer<>(DockerImageName.parse("redis:8.2.3-alpine"))
              .withExposedPorts(6379);
      redis.start();
      return URI.create("redis://" + redis.getHost() + ":" + redis.getMappedPort(6379));
    }
  }
}
