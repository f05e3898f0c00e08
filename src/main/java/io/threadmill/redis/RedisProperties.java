package io.threadmill.redis;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The embedded Redis.
 *
 * @param dataDir where its append-only file lies; one service at a time works in it
 */
@Validated
@ConfigurationProperties("threadmill.redis")
record RedisProperties(@DefaultValue("./data/redis") Path dataDir) {}
