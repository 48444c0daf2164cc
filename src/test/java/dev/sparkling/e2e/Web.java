package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** Spark's own pages and answers, as the host sees them. */
final class Web {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();

    private Web() {}

    /** What a URL answers; it must answer well. */
    static String page(String url) {
        try {
            HttpResponse<String> answer =
                    CLIENT.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(url).isEqualTo(200);
            return answer.body();
        } catch (IOException failure) {
            throw new AssertionError(url, failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stop);
        }
    }

    /** How many jobs of the application are in a state: running, succeeded, failed. */
    static int jobs(Project project, String state) {
        String applications = "http://localhost:" + project.uiPort("APPLICATION") + "/api/v1/applications";
        String id = json(applications).get(0).get("id").asText();
        return json(applications + "/" + id + "/jobs?status=" + state).size();
    }

    /** Waits until the master knows living workers of these cores, and no others. */
    static void awaitCores(Project project, Integer... cores) {
        Awaitility.await("workers of " + List.of(cores) + " cores")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(cores(project)).containsExactlyInAnyOrder(cores));
    }

    private static List<Integer> cores(Project project) {
        List<Integer> cores = new ArrayList<>();
        for (JsonNode worker :
                json("http://localhost:" + project.uiPort("MASTER") + "/json/").get("workers")) {
            if (worker.get("state").asText().equals("ALIVE")) {
                cores.add(worker.get("cores").asInt());
            }
        }
        return cores;
    }

    private static JsonNode json(String url) {
        try {
            return JSON.readTree(page(url));
        } catch (IOException wrong) {
            throw new AssertionError(url, wrong);
        }
    }
}
