package dev.sparkling.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sparkling.engine.LogChunk.Stream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream.Builder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultiplexedTest {
    private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
    private final List<Map.Entry<Stream, String>> handed = new ArrayList<>();

    @Test
    void handsOnWhatWasReadTogetherAtOnceAndKeepsTheOrderOfTheOutputs() throws IOException {
        frame(1, "a\n");
        frame(1, "b\n");
        frame(2, "c\n");
        frame(1, "d\n");

        copy(Integer.MAX_VALUE);

        assertThat(handed)
                .containsExactly(
                        Map.entry(Stream.STDOUT, "a\nb\n"),
                        Map.entry(Stream.STDERR, "c\n"),
                        Map.entry(Stream.STDOUT, "d\n"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 9, 100})
    void findsFramesWhereverTheReadsCutThem(int piece) throws IOException {
        frame(2, "first line\n");
        frame(1, "");
        frame(2, "second line\n");
        frame(1, "x");

        copy(piece);

        assertThat(text(Stream.STDERR)).isEqualTo("first line\nsecond line\n");
        assertThat(text(Stream.STDOUT)).isEqualTo("x");
    }

    @Test
    void handsOnFramesThatAreLargerThanItsBuffer() throws IOException {
        String large = "0123456789".repeat(30_000);
        frame(1, large);
        frame(1, "end");

        copy(Integer.MAX_VALUE);

        assertThat(text(Stream.STDOUT)).isEqualTo(large + "end");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "exactly8", "the output of a terminal\r\nin two lines\r\n"})
    void takesTheOutputOfATerminalAsItIs(String output) throws IOException {
        stream.writeBytes(output.getBytes(StandardCharsets.UTF_8));

        copy(5);

        assertThat(text(Stream.STDOUT)).isEqualTo(output);
    }

    @Test
    void tellsAnEndInsideAFrameFromAnEnd() {
        frame(1, "whole\n");
        frame(1, "cut off\n");
        byte[] bytes = stream.toByteArray();

        assertThatThrownBy(() -> Multiplexed.copy(new ByteArrayInputStream(bytes, 0, bytes.length - 3), this::hand))
                .isInstanceOf(EOFException.class);
        assertThat(text(Stream.STDOUT)).startsWith("whole\n");
    }

    private void frame(int output, String text) {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        stream.writeBytes(
                ByteBuffer.allocate(8).put((byte) output).putInt(4, data.length).array());
        stream.writeBytes(data);
    }

    private void copy(int piece) throws IOException {
        InputStream whole = new ByteArrayInputStream(stream.toByteArray());
        Multiplexed.copy(
                new InputStream() {
                    @Override
                    public int read() {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public int read(byte[] bytes, int offset, int length) throws IOException {
                        return whole.read(bytes, offset, Math.min(length, piece));
                    }
                },
                this::hand);
    }

    private void hand(Stream output, byte[] bytes) {
        handed.add(Map.entry(output, new String(bytes, StandardCharsets.UTF_8)));
    }

    private String text(Stream output) {
        Builder<String> texts = java.util.stream.Stream.builder();
        handed.stream().filter(entry -> entry.getKey() == output).forEach(entry -> texts.add(entry.getValue()));
        return texts.build().collect(java.util.stream.Collectors.joining());
    }
}
