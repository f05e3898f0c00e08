package io.threadmill.deploy;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;

/**
 * A .dockerignore as the builder reads it: the last line that matches a path or a folder above it.
 */
record DockerIgnore(List<String> lines) {

  static DockerIgnore of(String text) {
    return new DockerIgnore(
        text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList());
  }

  boolean admits(String path) {
    boolean admitted = true;
    for (String line : lines) {
      boolean again = line.startsWith("!");
      if (matches(again ? line.substring(1) : line, Path.of(path))) {
        admitted = again;
      }
    }
    return admitted;
  }

  private static boolean matches(String pattern, Path path) {
    var glob = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    for (int length = 1; length <= path.getNameCount(); length++) {
      if (glob.matches(path.subpath(0, length))) {
        return true;
      }
    }
    return false;
  }
}
