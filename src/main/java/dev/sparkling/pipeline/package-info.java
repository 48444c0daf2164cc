/** Pipeline specs, checked; runs of them on a cluster; the client's events; the run's record. */
@NullMarked
package dev.sparkling.pipeline;

import org.jspecify.annotations.NullMarked;
