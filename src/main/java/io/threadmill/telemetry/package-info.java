/**
 * What an operator sees: meters, health and the pool endpoint. It listens and looks; nothing calls
 * it, so the service runs the same without it.
 */
@NullMarked
package io.threadmill.telemetry;

import org.jspecify.annotations.NullMarked;
