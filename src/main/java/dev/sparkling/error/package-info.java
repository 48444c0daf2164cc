/** What goes wrong, as one kind of exception with an exit code; every other package may use it. */
@NullMarked
package dev.sparkling.error;

import org.jspecify.annotations.NullMarked;
