/** The rules between packages, and the habits of the whole code, held by the build. */
@NullMarked
package io.threadmill.architecture;

import org.jspecify.annotations.NullMarked;
