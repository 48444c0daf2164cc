package dev.sparkling.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnifiedDiffTest {
    private static List<String> numbers(int last) {
        return new java.util.ArrayList<>(
                IntStream.rangeClosed(1, last).mapToObj(String::valueOf).toList());
    }

    @Test
    void equalTextsHaveNone() {
        assertThat(UnifiedDiff.of("a", numbers(5), "b", numbers(5), 3)).isEmpty();
    }

    @Test
    void changesFarApartAreHunksOfTheirOwn() {
        List<String> after = numbers(20);
        after.set(1, "two");
        after.remove("19");
        after.add("21");
        assertThat(UnifiedDiff.of("a", numbers(20), "b", after, 1))
                .containsExactly(
                        "--- a",
                        "+++ b",
                        "@@ -1,3 +1,3 @@",
                        " 1",
                        "-2",
                        "+two",
                        " 3",
                        "@@ -18,3 +18,3 @@",
                        " 18",
                        "-19",
                        " 20",
                        "+21");
    }

    @Test
    void anEmptySideBeginsAtZero() {
        assertThat(UnifiedDiff.of("a", List.of(), "b", List.of("x"), 3))
                .containsExactly("--- a", "+++ b", "@@ -0,0 +1,1 @@", "+x");
    }
}
