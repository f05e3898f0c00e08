package io.threadmill.web.job;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code wait} preference (RFC 7240, section 4.3); what is not understood is ignored. */
public record Preference(Duration limit) {

  private static final Pattern WAIT =
      Pattern.compile("(?i)(?:^|,)\\s*wait\\s*=\\s*\"?(\\d{1,9})\"?\\s*(?=$|[,;])");
  private static final int MOST_SECONDS = 60;

  public static @Nullable Preference of(HttpServletRequest request) {
    for (String line : Collections.list(request.getHeaders("Prefer"))) {
      Matcher matcher = WAIT.matcher(line);
      if (matcher.find()) {
        long seconds = Math.min(MOST_SECONDS, Long.parseLong(matcher.group(1)));
        return new Preference(Duration.ofSeconds(seconds));
      }
    }
    return null;
  }

  /** What Preference-Applied says. */
  public String applied() {
    return "wait=" + limit.toSeconds();
  }
}
