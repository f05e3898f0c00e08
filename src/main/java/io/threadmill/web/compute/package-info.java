/** The routes that tell which compute functions there are. */
@NullMarked
package io.threadmill.web.compute;

import org.jspecify.annotations.NullMarked;
