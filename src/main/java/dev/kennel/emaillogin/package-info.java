/**
 * Log-ins by mail: a code or a link, each together with the secret of the browser that
 * has requested it.
 */
@NullMarked
package dev.kennel.emaillogin;

import org.jspecify.annotations.NullMarked;
