package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.sparkling.engine.local.LocalPlan.Action;
import dev.sparkling.engine.local.LocalPlan.Started;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LocalPlanTest {
    private static Map<String, String> wanted() {
        Map<String, String> wanted = new LinkedHashMap<>();
        wanted.put("spark-master", "m");
        wanted.put("spark-worker", "w");
        wanted.put("spark-connect", "c");
        return wanted;
    }

    private static Map<String, Started> running() {
        Map<String, Started> started = new LinkedHashMap<>();
        wanted().forEach((service, hash) -> started.put(service, new Started(hash, true)));
        return started;
    }

    @Test
    void startsAllWhereNothingIs() {
        LocalPlan plan = LocalPlan.of(wanted(), Map.of());
        assertThat(plan.services(Action.START)).containsExactly("spark-master", "spark-worker", "spark-connect");
        assertThat(plan.empty()).isFalse();
    }

    @Test
    void leavesAloneWhatRunsAsItShould() {
        assertThat(LocalPlan.of(wanted(), running()).empty()).isTrue();
    }

    @Test
    void startsOnlyTheWorkerThatCrashed() {
        Map<String, Started> started = running();
        started.put("spark-worker", new Started("w", false));
        assertThat(LocalPlan.of(wanted(), started).actions())
                .containsExactly(
                        entry("spark-master", Action.KEEP),
                        entry("spark-worker", Action.START),
                        entry("spark-connect", Action.KEEP));
    }

    @Test
    void restartsWhatIsStartedByAnotherCommand() {
        Map<String, Started> started = running();
        started.put("spark-connect", new Started("old", true));
        assertThat(LocalPlan.of(wanted(), started).services(Action.RESTART)).containsExactly("spark-connect");
    }

    @Test
    void aNewMasterBringsAllAnew() {
        Map<String, Started> started = running();
        started.put("spark-master", new Started("m", false));
        assertThat(LocalPlan.of(wanted(), started).actions())
                .containsExactly(
                        entry("spark-master", Action.START),
                        entry("spark-worker", Action.RESTART),
                        entry("spark-connect", Action.RESTART));
    }

    @Test
    void removesWhatTheProjectNoLongerHas() {
        Map<String, Started> started = running();
        started.put("spark-worker-2", new Started("w2", true));
        LocalPlan plan = LocalPlan.of(wanted(), started);
        assertThat(plan.leftovers()).containsExactly("spark-worker-2");
        assertThat(plan.empty()).isFalse();
    }
}
