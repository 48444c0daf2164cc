/** What both engines ask: Spark's own ports, until a cluster can run a task; this machine's ports and memory. */
@NullMarked
package dev.sparkling.engine.probe;

import org.jspecify.annotations.NullMarked;
