/** The engine that needs no Docker: Spark's roles as processes of this machine. */
@NullMarked
package dev.sparkling.engine.local;

import org.jspecify.annotations.NullMarked;
