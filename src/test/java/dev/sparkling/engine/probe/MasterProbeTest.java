package dev.sparkling.engine.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class MasterProbeTest {
    @Test
    void readsWorkersThatAreAliveAndApplications() throws JsonProcessingException {
        MasterProbe.Answer answer = MasterProbe.read(new ObjectMapper().readTree("""
                        {"status": "ALIVE",
                         "workers": [{"host": "spark-worker", "webuiaddress": "http://localhost:8081", "state": "ALIVE"}, {"host": "spark-worker-2", "state": "DEAD"}],
                         "activeapps": [{"id": "app-1", "name": "Spark Connect server", "cores": 2, "state": "RUNNING"}]}
                        """));

        assertThat(answer.alive()).isTrue();
        assertThat(answer.workers()).containsExactly(new MasterProbe.Worker("spark-worker", 8081));
        assertThat(answer.applications())
                .containsExactly(new MasterProbe.Application("app-1", "Spark Connect server", 2, true));
    }
}
