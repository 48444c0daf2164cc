package dev.sparkling.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import sun.misc.Signal;

/**
 * Ctrl-C and SIGTERM: the first one ends the command in its own way, a second one at once. The JDK's shutdown hooks know
 * no second signal and no exit code of one's own, hence its unsupported but unchanged signal class.
 */
final class Interrupts {
    private static final int FORCED = 130;

    private final Thread main = Thread.currentThread();
    private final Deque<Runnable> actions = new ArrayDeque<>();
    private boolean interrupted;

    private Interrupts() {}

    /** Handles the signals from now on; the calling thread is the one that is interrupted. */
    static Interrupts install() {
        Interrupts interrupts = new Interrupts();
        for (String name : new String[] {"INT", "TERM"}) {
            try {
                Signal.handle(new Signal(name), signal -> interrupts.arrived());
            } catch (IllegalArgumentException reserved) {
                // a JVM started with -Xrs keeps its signals
            }
        }
        return interrupts;
    }

    /** Whether a signal has come. */
    synchronized boolean interrupted() {
        return interrupted;
    }

    /** Runs the action, on the signal's thread, when a signal comes; the newest action only. */
    synchronized void onSignal(Runnable action) {
        actions.push(action);
        if (interrupted) {
            action.run();
        }
    }

    private void arrived() {
        Runnable action;
        synchronized (this) {
            if (interrupted) {
                Runtime.getRuntime().halt(FORCED);
            }
            interrupted = true;
            action = actions.isEmpty() ? main::interrupt : actions.peek();
        }
        action.run();
    }
}
