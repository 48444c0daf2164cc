package dev.sparkling.engine.docker;

import static dev.sparkling.engine.docker.Samples.container;
import static dev.sparkling.engine.docker.Samples.project;
import static dev.sparkling.engine.docker.Samples.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.Service;
import dev.sparkling.engine.docker.Plan.Action;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Map<String, String> IMAGES = Map.of("image-a", "sha256:a", "image-b", "sha256:b");
    private final Service master = service("spark-master", "image-a");
    private final Service kafka = service("kafka", "image-b");
    private final ComposeProject project = project(master, kafka);

    @Test
    void createsEverythingWhereNothingIs() {
        Plan plan = Plan.of(project, observed(), IMAGES);

        assertThat(plan.networks()).extracting("name").containsExactly("shop_default");
        assertThat(actions(plan)).containsExactly(Action.CREATE, Action.CREATE);
        assertThat(plan.empty()).isFalse();
    }

    @Test
    void doesNothingWhenAllIsAsWanted() {
        Plan plan = Plan.of(project, asWanted("running"), IMAGES);

        assertThat(actions(plan)).containsExactly(Action.KEEP, Action.KEEP);
        assertThat(plan.empty()).isTrue();
    }

    @Test
    void startsWhatIsStopped() {
        assertThat(actions(Plan.of(project, asWanted("exited"), IMAGES))).containsExactly(Action.START, Action.START);
    }

    @Test
    void recreatesOnlyWhatChanged() {
        ComposeProject changed = project(master.withCommand(List.of("other")), kafka);

        assertThat(actions(Plan.of(changed, asWanted("running"), IMAGES)))
                .containsExactly(Action.RECREATE, Action.KEEP);
    }

    @Test
    void recreatesWhatWasMadeFromAnotherImage() {
        Map<String, String> rebuilt = Map.of("image-a", "sha256:new", "image-b", "sha256:b");

        assertThat(actions(Plan.of(project, asWanted("running"), rebuilt)))
                .containsExactly(Action.RECREATE, Action.KEEP);
    }

    @Test
    void recreatesWhatDockerComposeMade() {
        Observed observed = observed(container("spark-master", "running", null), container("kafka", "running", null));

        assertThat(actions(Plan.of(project, observed, IMAGES))).containsExactly(Action.RECREATE, Action.RECREATE);
    }

    @Test
    void removesWorkersThatAreNoLongerWantedAndOnlyNamesStrangers() {
        Plan plan = Plan.of(
                project,
                observed(container("spark-worker-2", "running", "hash"), container("stranger", "running", null)),
                IMAGES);

        assertThat(plan.leftovers()).extracting(Observed.Container::service).containsExactly("spark-worker-2");
        assertThat(plan.orphans()).extracting(Observed.Container::service).containsExactly("stranger");
    }

    @Test
    void leavesServicesOfAProfileAlone() {
        Plan plan = Plan.of(project(master, Samples.inProfile("spark-app", "image-a")), observed(), IMAGES);

        assertThat(plan.services())
                .extracting(service -> service.service().name())
                .containsExactly("spark-master");
    }

    private static List<Action> actions(Plan plan) {
        return plan.services().stream().map(Plan.ServicePlan::action).toList();
    }

    private static Observed observed(Observed.Container... containers) {
        return new Observed(List.of(containers), Map.of(), Set.of());
    }

    private Observed asWanted(String state) {
        return new Observed(
                List.of(
                        container("spark-master", state, Plan.hash(master, "sha256:a")),
                        container("kafka", state, Plan.hash(kafka, "sha256:b"))),
                Map.of("shop_default", "id"),
                Set.of());
    }
}
