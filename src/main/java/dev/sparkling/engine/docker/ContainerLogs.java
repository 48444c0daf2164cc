package dev.sparkling.engine.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.LogContainerCmd;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import dev.sparkling.engine.LogChunk;
import dev.sparkling.engine.Observer.LogRequest;
import dev.sparkling.error.SparklingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads containers' logs. */
final class ContainerLogs {
    private final DockerConnection docker;

    ContainerLogs(DockerConnection docker) {
        this.docker = docker;
    }

    /** Reads to the end of the log, or until the thread is interrupted, or until the consumer throws. */
    void read(Observed.Container container, LogRequest request, Consumer<LogChunk> consumer) {
        try {
            if (EngineSocket.canReach(docker.uri())) {
                readSocket(container, request, consumer);
            } else {
                readFrames(container, request, consumer);
            }
        } catch (InterruptedException | ClosedByInterruptException stop) {
            Thread.currentThread().interrupt();
        } catch (IOException broken) {
            throw SparklingException.engineUnavailable(
                            "the log of " + container.name() + " broke off: " + broken.getMessage(),
                            "Look whether the engine still runs (`docker version`), then run the command again.")
                    .causedBy(broken);
        }
    }

    /** By a connection of its own, in large pieces: a long log takes half of the time that its frames one by one take. */
    private void readSocket(Observed.Container container, LogRequest request, Consumer<LogChunk> consumer)
            throws IOException {
        try (EngineSocket socket = EngineSocket.open(docker.uri())) {
            socket.send(("GET /v" + docker.apiVersion() + "/containers/" + container.id() + "/logs?" + query(request)
                            + " HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            EngineSocket.Answer answer = socket.receive();
            if (answer.status() != 200) {
                String reason = new String(answer.body().readAllBytes(), StandardCharsets.UTF_8).strip();
                throw answer.status() == 404
                        ? new NotFoundException(reason)
                        : new DockerException(reason, answer.status());
            }
            Multiplexed.copy(
                    answer.body(),
                    (stream, bytes) ->
                            consumer.accept(new LogChunk(container.name(), container.service(), stream, bytes)));
        }
    }

    private static String query(LogRequest request) {
        StringBuilder query = new StringBuilder("stdout=1&stderr=1")
                .append("&timestamps=")
                .append(request.timestamps())
                .append("&follow=")
                .append(request.follow())
                .append("&tail=")
                .append(
                        request.tail().isPresent()
                                ? String.valueOf(request.tail().getAsInt())
                                : "all");
        since(request).ifPresent(seconds -> query.append("&since=").append(seconds));
        until(request).ifPresent(seconds -> query.append("&until=").append(seconds));
        return query.toString();
    }

    /** Of an engine behind TLS, whose socket docker-java keeps to itself. */
    private void readFrames(Observed.Container container, LogRequest request, Consumer<LogChunk> consumer)
            throws InterruptedException, IOException {
        LogContainerCmd command = docker.patient()
                .logContainerCmd(container.id())
                .withStdOut(true)
                .withStdErr(true)
                .withTimestamps(request.timestamps())
                .withFollowStream(request.follow());
        since(request).ifPresent(command::withSince);
        until(request).ifPresent(command::withUntil);
        request.tail().ifPresentOrElse(command::withTail, command::withTailAll);
        try (Frames frames = new Frames(container.name(), container.service(), consumer)) {
            command.exec(frames).awaitCompletion();
            frames.rethrow();
        }
    }

    /** By whole seconds, and rather too much: whoever prints chooses by the lines' own times of arrival. */
    private static Optional<Integer> since(LogRequest request) {
        return request.since().map(since -> wholeSeconds(since.getEpochSecond()));
    }

    private static Optional<Integer> until(LogRequest request) {
        return request.until().map(until -> wholeSeconds(until.getEpochSecond() + 1));
    }

    /** Seconds since 1970 as the engine takes them; a time that does not fit is as far away as can be said. */
    private static int wholeSeconds(long seconds) {
        return (int) Math.max(0, Math.min(Integer.MAX_VALUE, seconds));
    }

    /** The last lines of a container's output, for an error. */
    List<String> lastLines(Observed.Container container, int lines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LogRequest request =
                new LogRequest(Set.of(), false, Optional.empty(), Optional.empty(), OptionalInt.of(lines), false);
        read(container, request, chunk -> bytes.writeBytes(chunk.bytes()));
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** Copies docker-java's frames into chunks, since their buffer is used again, and keeps the first failure of the consumer for the caller's thread. */
    static final class Frames extends ResultCallback.Adapter<Frame> {
        private final String container;
        private final String service;
        private final Consumer<LogChunk> consumer;
        private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

        Frames(String container, String service, Consumer<LogChunk> consumer) {
            this.container = container;
            this.service = service;
            this.consumer = consumer;
        }

        @Override
        public void onNext(Frame frame) {
            try {
                consumer.accept(new LogChunk(
                        container,
                        service,
                        frame.getStreamType() == StreamType.STDERR ? LogChunk.Stream.STDERR : LogChunk.Stream.STDOUT,
                        frame.getPayload().clone()));
            } catch (RuntimeException broken) {
                // Not thrown: docker-java would print it, and the reader rethrows it anyway.
                failure.compareAndSet(null, broken);
                onComplete();
            }
        }

        void rethrow() {
            RuntimeException broken = failure.get();
            if (broken != null) {
                throw broken;
            }
        }
    }
}
