/** What the user wants of a cluster, validated, and how each role of Spark is launched. */
@NullMarked
package dev.sparkling.cluster;

import org.jspecify.annotations.NullMarked;
