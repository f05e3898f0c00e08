package io.threadmill.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Dockerfile's stages and instructions, continued lines joined, comments left out. */
record Dockerfile(List<Stage> stages) {

  private static final Pattern FROM = Pattern.compile("(\\S+)(?: AS (\\S+))?");

  record Instruction(String name, String text) {}

  record Stage(String base, String name, List<Instruction> instructions) {
    List<String> all(String instruction) {
      return instructions.stream()
          .filter(one -> one.name().equals(instruction))
          .map(Instruction::text)
          .toList();
    }

    /** The last one counts. */
    String last(String instruction) {
      List<String> found = all(instruction);
      return found.isEmpty() ? "" : found.getLast();
    }
  }

  static Dockerfile of(String text) {
    String joined =
        text.replaceAll("(?m)^\\s*#.*\\R", "").replaceAll("\\\\\\R\\s*", " ").replaceAll(" +", " ");
    List<Stage> stages = new ArrayList<>();
    for (String line : joined.lines().filter(line -> !line.isBlank()).toList()) {
      String[] parts = line.split(" ", 2);
      if (parts[0].equals("FROM")) {
        Matcher from = FROM.matcher(parts[1]);
        if (!from.matches()) {
          throw new IllegalArgumentException(line);
        }
        String name = from.group(2) == null ? "" : from.group(2);
        stages.add(new Stage(from.group(1), name, new ArrayList<>()));
      } else {
        stages.getLast().instructions().add(new Instruction(parts[0], parts[1].strip()));
      }
    }
    return new Dockerfile(stages);
  }

  Stage last() {
    return stages.getLast();
  }

  /** Empty instructions where there is no such stage. */
  Stage stage(String name) {
    return stages.stream()
        .filter(stage -> stage.name().equals(name))
        .findAny()
        .orElse(new Stage("", name, List.of()));
  }

  /** A stage and those it is built upon, the lowest first. */
  List<Instruction> lineage(Stage stage) {
    List<Instruction> all = new ArrayList<>();
    Stage base = stage(stage.base());
    if (!base.base().isEmpty()) {
      all.addAll(lineage(base));
    }
    all.addAll(stage.instructions());
    return all;
  }
}
