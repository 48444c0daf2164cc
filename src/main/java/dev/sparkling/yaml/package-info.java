/** Documents whose nodes know their file, line and column; the only importer of SnakeYAML. */
@NullMarked
package dev.sparkling.yaml;

import org.jspecify.annotations.NullMarked;
