/** The commands: each parses, makes one call, prints. */
@NullMarked
package dev.sparkling.cli;

import org.jspecify.annotations.NullMarked;
