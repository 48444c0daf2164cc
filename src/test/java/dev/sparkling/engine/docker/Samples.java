package dev.sparkling.engine.docker;

import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.Network;
import dev.sparkling.compose.Service;
import dev.sparkling.engine.Observer.ServiceState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Small projects for tests. */
final class Samples {
    private Samples() {}

    static ComposeProject project(Service... services) {
        Map<String, Service> byName = new LinkedHashMap<>();
        for (Service service : services) {
            byName.put(service.name(), service);
        }
        return new ComposeProject(
                "shop",
                Path.of("/home/me/shop"),
                List.of(Path.of("/home/me/shop/compose.yml")),
                ClusterSpec.defaults(),
                byName,
                Map.of(
                        "default",
                        new Network(
                                "default",
                                "shop_default",
                                false,
                                Optional.empty(),
                                Map.of(),
                                Map.of(),
                                false,
                                Optional.empty())),
                Map.of(),
                Map.of(),
                Map.of());
    }

    static Service service(String name, String image) {
        return service(name, image, List.of());
    }

    static Service inProfile(String name, String image) {
        return service(name, image, List.of("app"));
    }

    private static Service service(String name, String image, List<String> profiles) {
        return new Service(
                name,
                image,
                Optional.empty(),
                Optional.of(List.of("run", name)),
                Optional.empty(),
                Map.of(),
                Map.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                Optional.empty(),
                Map.of("default", new Service.NetworkAttachment(List.of(), Optional.empty())),
                Optional.empty(),
                profiles,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                false,
                false,
                false,
                false,
                false,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                Optional.empty(),
                List.of(),
                List.of());
    }

    static Observed.Container container(String service, String state, @Nullable String hash) {
        return new Observed.Container(
                "id-" + service,
                new ServiceState(
                        "shop-" + service + "-1",
                        service,
                        state,
                        state.equals("running") ? "Up 2 minutes" : "Exited (143) 2 minutes ago",
                        state.equals("running") ? OptionalInt.empty() : OptionalInt.of(143),
                        Optional.empty(),
                        "image",
                        Instant.EPOCH,
                        List.of(),
                        false,
                        OptionalLong.empty(),
                        false),
                Optional.ofNullable(hash),
                "sha256:x",
                List.of());
    }
}
