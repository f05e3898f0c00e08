package io.threadmill.web.access;

import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The clients' keys and what each may do.
 *
 * @param keys by client name: the key in clear, or {@code sha256:} and the hex of its hash
 * @param scopes by client name; a client without an entry has all
 */
@ConfigurationProperties("threadmill.access")
record AccessProperties(
    @DefaultValue Map<String, String> keys, @DefaultValue Map<String, Set<String>> scopes) {}
