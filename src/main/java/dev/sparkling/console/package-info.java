/** What users see: theme, tables, progress, logs; the only importer of Jansi. */
@NullMarked
package dev.sparkling.console;

import org.jspecify.annotations.NullMarked;
