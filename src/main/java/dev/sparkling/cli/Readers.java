package dev.sparkling.cli;

/** Threads that read and never keep the program alive. */
final class Readers {
    private Readers() {}

    static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, "read-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
