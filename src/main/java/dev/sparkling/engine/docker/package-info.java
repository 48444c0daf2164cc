/** The cluster on a Docker engine: plan, executor, translator; the only importer of docker-java. */
@NullMarked
package dev.sparkling.engine.docker;

import org.jspecify.annotations.NullMarked;
