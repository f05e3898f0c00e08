package io.threadmill.web.access;

import io.threadmill.job.InvalidSetting;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The keys this service knows, as hashes. A presented key is hashed and compared with each in
 * constant time. Immutable.
 */
final class Keyring {

  private static final Pattern CLEAR = Pattern.compile("[\\x21-\\x7e]{20,200}");
  private static final Pattern HASHED = Pattern.compile("sha256:([0-9a-fA-F]{64})");
  private static final String FIX =
      "Give 20 to 200 visible ASCII characters, or sha256: and 64 hex digits.";

  /** A client known by its key. */
  @SuppressWarnings("ArrayRecordComponent") // compared in constant time, never by equals
  record Client(Caller caller, byte[] hash, Set<Scope> scopes) {
    boolean may(Scope scope) {
      return scopes.contains(scope);
    }
  }

  private final List<Client> clients = new ArrayList<>();

  /**
   * @throws InvalidSetting naming the key or scope that cannot be used
   */
  Keyring(AccessProperties properties) {
    properties
        .keys()
        .forEach((name, key) -> add(name, hash(name, key), scopes(properties.scopes(), name)));
    for (String name : properties.scopes().keySet()) {
      if (!properties.keys().containsKey(name)) {
        throw new InvalidSetting(
            "threadmill.access.scopes." + name,
            "names a client without a key.",
            "Add threadmill.access.keys." + name + ", or remove the scopes.");
      }
    }
  }

  private void add(String name, byte[] hash, Set<Scope> scopes) {
    for (Client other : clients) {
      if (MessageDigest.isEqual(other.hash(), hash)) {
        throw new InvalidSetting(
            "threadmill.access.keys." + name,
            "is the key of " + other.caller().name() + " too.",
            "Give each client a key of its own.");
      }
    }
    clients.add(new Client(new Caller(name), hash, scopes));
  }

  private static byte[] hash(String name, String key) {
    var hashed = HASHED.matcher(key);
    if (hashed.matches()) {
      return HexFormat.of().parseHex(hashed.group(1));
    }
    if (key.startsWith("sha256:") || !CLEAR.matcher(key).matches()) {
      throw new InvalidSetting("threadmill.access.keys." + name, "is not a usable key.", FIX);
    }
    return sha256(key);
  }

  private static Set<Scope> scopes(Map<String, Set<String>> all, String name) {
    Set<String> named = all.get(name);
    if (named == null) {
      return EnumSet.allOf(Scope.class);
    }
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String text : named) {
      scopes.add(
          Scope.of(text)
              .orElseThrow(() ->
                  new InvalidSetting(
                      "threadmill.access.scopes." + name,
                      "holds \"" + text + "\", which is no scope.",
                      "Use jobs:read, jobs:write, admin, metrics:read.")));
    }
    return scopes;
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  boolean isEmpty() {
    return clients.isEmpty();
  }

  Optional<Client> find(String key) {
    byte[] presented = sha256(key);
    Client found = null;
    for (Client client : clients) {
      if (MessageDigest.isEqual(client.hash(), presented)) {
        found = client;
      }
    }
    return Optional.ofNullable(found);
  }
}
