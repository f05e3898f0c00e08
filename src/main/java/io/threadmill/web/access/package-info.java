/**
 * Who may call what: keys and their scopes, the Host check of a service without keys, and the
 * refusal to start where neither would protect it.
 */
@NullMarked
package io.threadmill.web.access;

import org.jspecify.annotations.NullMarked;
