package dev.sparkling.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ParallelTest {
    private final Map<String, List<String>> items = new LinkedHashMap<>();
    private final List<String> done = Collections.synchronizedList(new ArrayList<>());

    @Test
    void worksInTheOrderOfDependencies() {
        items.put("app", List.of("broker", "database"));
        items.put("broker", List.of("database"));
        items.put("database", List.of());

        Parallel.forEach(names(), items::get, done::add);

        assertThat(done).containsExactly("database", "broker", "app");
    }

    @Test
    void worksOnIndependentItemsAtTheSameTime() {
        items.put("one", List.of());
        items.put("two", List.of());
        CountDownLatch both = new CountDownLatch(2);

        Parallel.forEach(names(), items::get, name -> {
            both.countDown();
            try {
                assertThat(both.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
        });
    }

    @Test
    void leavesItemsAloneThatDependOnAFailedOne() {
        items.put("broken", List.of());
        items.put("dependent", List.of("broken"));
        items.put("other", List.of());

        assertThatThrownBy(() -> Parallel.forEach(names(), items::get, name -> {
                    if (name.equals("broken")) {
                        throw new IllegalArgumentException("no");
                    }
                    done.add(name);
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no");
        assertThat(done).containsExactly("other");
    }

    private Map<String, String> names() {
        Map<String, String> names = new LinkedHashMap<>();
        items.keySet().forEach(name -> names.put(name, name));
        return names;
    }
}
