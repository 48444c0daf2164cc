package dev.sparkling.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/** Services as arguments. */
final class ServicesParameter {
    @Parameters(paramLabel = "SERVICE", arity = "0..*", description = "Only these services; otherwise all.")
    List<String> services = new ArrayList<>();
}
