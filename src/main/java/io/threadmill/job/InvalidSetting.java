package io.threadmill.job;

/** A setting that the service cannot start with; said in one line, with the way out. */
public final class InvalidSetting extends RuntimeException {

  private final String setting;
  private final String problem;
  private final String fix;

  /**
   * @param setting the setting's full name
   * @param problem what is wrong with its value
   * @param fix what to do about it
   */
  public InvalidSetting(String setting, String problem, String fix) {
    super(setting + ": " + problem + " " + fix);
    this.setting = setting;
    this.problem = problem;
    this.fix = fix;
  }

  public String setting() {
    return setting;
  }

  public String problem() {
    return problem;
  }

  public String fix() {
    return fix;
  }
}
