/** The Compose model: renderer, reader, interpolation and the override's merge. */
@NullMarked
package dev.sparkling.compose;

import org.jspecify.annotations.NullMarked;
