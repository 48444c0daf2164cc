package dev.sparkling.engine.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.LogContainerCmd;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import dev.sparkling.engine.LogChunk;
import dev.sparkling.engine.Observer.LogRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads containers' logs as the engine's frames: cut anywhere, in a buffer that the next frame uses again. */
final class ContainerLogs {
    private final DockerConnection docker;

    ContainerLogs(DockerConnection docker) {
        this.docker = docker;
    }

    /** Reads to the end of the log, or until the thread is interrupted, or until the consumer throws. */
    void read(Observed.Container container, LogRequest request, Consumer<LogChunk> consumer) {
        LogContainerCmd command = docker.patient()
                .logContainerCmd(container.id())
                .withStdOut(true)
                .withStdErr(true)
                .withTimestamps(request.timestamps())
                .withFollowStream(request.follow());
        // By whole seconds, and rather too much: whoever prints chooses by the lines' own times of arrival.
        request.since().ifPresent(since -> command.withSince(wholeSeconds(since.getEpochSecond())));
        request.until().ifPresent(until -> command.withUntil(wholeSeconds(until.getEpochSecond() + 1)));
        request.tail().ifPresentOrElse(command::withTail, command::withTailAll);
        try (Frames frames = new Frames(container.name(), container.service(), consumer)) {
            command.exec(frames).awaitCompletion();
            frames.rethrow();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (java.io.IOException closing) {
            // the stream is being thrown away
        }
    }

    /** Seconds since 1970 as docker-java takes them; a time that does not fit is as far away as can be said. */
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

    /** Copies frames into chunks, and keeps the first failure of the consumer for the caller's thread. */
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
