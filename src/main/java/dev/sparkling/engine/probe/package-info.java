/** Small questions to Spark's own ports, which tell whether a cluster can run a task. */
@NullMarked
package dev.sparkling.engine.probe;

import org.jspecify.annotations.NullMarked;
