/** The files that the program carries: the image's build context and the Python client. */
@NullMarked
package dev.sparkling.bundle;

import org.jspecify.annotations.NullMarked;
