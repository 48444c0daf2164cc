/** Turns the bytes of many containers' output into one stream of whole records for people or programs. */
@NullMarked
package dev.sparkling.console.logs;

import org.jspecify.annotations.NullMarked;
