package io.threadmill.redis;

import io.threadmill.job.InvalidSetting;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A server's address as {@code redis://[user:password@]host[:port][/database]}, {@code rediss} for
 * TLS.
 */
record RedisAddress(
    boolean tls,
    String host,
    int port,
    int database,
    @Nullable String user,
    @Nullable String password) {

  private static final String SETTING = "spring.data.redis.url";
  private static final String FIX =
      "Give it as redis://[user:password@]host[:port][/database], or rediss:// for TLS.";

  static RedisAddress parse(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException _) {
      throw new InvalidSetting(SETTING, "is not a URL.", FIX);
    }
    String scheme = uri.getScheme();
    if (!"redis".equals(scheme) && !"rediss".equals(scheme)) {
      throw new InvalidSetting(SETTING, "does not begin with redis:// or rediss://.", FIX);
    }
    if (uri.getHost() == null) {
      throw new InvalidSetting(SETTING, "names no host.", FIX);
    }
    String[] userInfo =
        uri.getRawUserInfo() == null ? new String[] {"", ""} : uri.getRawUserInfo().split(":", 2);
    String password = userInfo.length == 2 ? decode(userInfo[1]) : decode(userInfo[0]);
    String user = userInfo.length == 2 ? decode(userInfo[0]) : "";
    return new RedisAddress(
        "rediss".equals(scheme),
        uri.getHost(),
        uri.getPort() == -1 ? 6379 : uri.getPort(),
        database(uri.getPath()),
        user.isEmpty() ? null : user,
        password.isEmpty() ? null : password);
  }

  private static String decode(String text) {
    return java.net.URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static int database(@Nullable String path) {
    if (path == null || path.length() <= 1) {
      return 0;
    }
    try {
      return Integer.parseInt(path.substring(1));
    } catch (NumberFormatException _) {
      throw new InvalidSetting(SETTING, "names a database that is not a number.", FIX);
    }
  }

  /** Without user and password, fit for logs. */
  String shown() {
    return "%s://%s:%d".formatted(tls ? "rediss" : "redis", host, port);
  }
}
