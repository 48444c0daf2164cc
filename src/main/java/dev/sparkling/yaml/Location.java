package dev.sparkling.yaml;

/**
 * A place in a file.
 *
 * @param file the file as the user named it
 * @param line 1 or more
 * @param column 1 or more
 */
public record Location(String file, int line, int column) {
    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
