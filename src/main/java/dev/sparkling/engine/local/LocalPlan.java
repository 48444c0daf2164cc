package dev.sparkling.engine.local;

import dev.sparkling.cluster.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What `up` has to do, decided from the commands that are wanted and the processes that run.
 *
 * @param actions by service, in the project's order
 * @param leftovers services that were started and that the project no longer has
 */
record LocalPlan(Map<String, Action> actions, List<String> leftovers) {
    LocalPlan {
        actions = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(actions));
        leftovers = List.copyOf(leftovers);
    }

    /** What is done for a service. */
    enum Action {
        /** It runs as it should. */
        KEEP,
        /** It does not run. */
        START,
        /** It runs by another command, or at a master that is started anew. */
        RESTART
    }

    /**
     * A process that was started.
     *
     * @param hash of its command
     */
    record Started(String hash, boolean runs) {}

    /**
     * Decides.
     *
     * @param wanted the hashes of the services' commands, by service
     * @param started by service
     */
    static LocalPlan of(Map<String, String> wanted, Map<String, Started> started) {
        Map<String, Action> actions = new LinkedHashMap<>();
        wanted.forEach(
                (service, hash) -> actions.put(service, action(hash, Optional.ofNullable(started.get(service)))));
        // A new master knows neither the application nor the workers; waiting for them to notice takes longer.
        if (actions.getOrDefault(Role.MASTER.service(), Action.KEEP) != Action.KEEP) {
            actions.replaceAll((service, action) -> action == Action.KEEP ? Action.RESTART : action);
        }
        List<String> leftovers = new ArrayList<>(started.keySet());
        leftovers.removeAll(wanted.keySet());
        return new LocalPlan(actions, leftovers);
    }

    private static Action action(String hash, Optional<Started> started) {
        if (started.isEmpty() || !started.get().runs()) {
            return Action.START;
        }
        return started.get().hash().equals(hash) ? Action.KEEP : Action.RESTART;
    }

    /** The services with one of these actions. */
    List<String> services(Action... wanted) {
        List<Action> list = List.of(wanted);
        return actions.entrySet().stream()
                .filter(entry -> list.contains(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Whether nothing has to be started or stopped. */
    boolean empty() {
        return leftovers.isEmpty() && actions.values().stream().allMatch(action -> action == Action.KEEP);
    }
}
