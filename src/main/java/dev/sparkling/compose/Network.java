package dev.sparkling.compose;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network of the project.
 *
 * @param key as the file names it
 * @param name as the engine names it: `PROJECT_KEY` unless the file says otherwise
 * @param external made and removed by somebody else
 * @param ipam how its addresses are given out; empty means: as the engine likes
 */
public record Network(
        String key,
        String name,
        boolean external,
        Optional<String> driver,
        Map<String, String> driverOptions,
        Map<String, String> labels,
        boolean internal,
        Optional<Ipam> ipam) {
    public Network {
        driverOptions = Immutable.ordered(driverOptions);
        labels = Immutable.ordered(labels);
    }

    /** A network that the engine lays out, of this name. */
    static Network named(String key, String name) {
        return new Network(key, name, false, Optional.empty(), Map.of(), Map.of(), false, Optional.empty());
    }

    /** IP address management. */
    public record Ipam(Optional<String> driver, List<Subnet> subnets) {
        public Ipam {
            subnets = List.copyOf(subnets);
        }
    }

    /**
     * A range of addresses.
     *
     * @param subnet such as 172.28.0.0/16
     * @param range the part of it that containers get addresses from
     */
    public record Subnet(Optional<String> subnet, Optional<String> range, Optional<String> gateway) {}
}
