/** Wires the parts together and starts the program. */
@NullMarked
package dev.sparkling;

import org.jspecify.annotations.NullMarked;
