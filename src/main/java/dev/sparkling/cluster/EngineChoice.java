package dev.sparkling.cluster;

import java.util.Locale;

/** Which engine runs the cluster. */
public enum EngineChoice {
    /** Docker where it can serve the project, otherwise this machine's processes. */
    AUTO,
    /** Containers. */
    DOCKER,
    /** Processes of this machine. */
    LOCAL;

    /** As the user writes it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
