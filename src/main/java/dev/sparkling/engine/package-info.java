/** The seams to what runs containers or processes, and the events that engines emit. */
@NullMarked
package dev.sparkling.engine;

import org.jspecify.annotations.NullMarked;
