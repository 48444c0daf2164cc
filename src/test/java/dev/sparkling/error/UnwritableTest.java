package dev.sparkling.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class UnwritableTest {
    private static final String ROOM = "Make room there (`df -h` shows the disks), and try again.";
    private static final String REMEDY = "Make it writable.";

    static Stream<Arguments> problems() {
        return Stream.of(
                Arguments.of(
                        new FileSystemException("/p/x", null, "No space left on device"),
                        Category.FAILED,
                        "no space is left on its disk",
                        ROOM),
                Arguments.of(
                        new IOException("Disk quota exceeded"), Category.FAILED, "no space is left on its disk", ROOM),
                Arguments.of(new AccessDeniedException("/p/x"), Category.USAGE, "no permission for /p/x", REMEDY),
                Arguments.of(new FileAlreadyExistsException("/p/x"), Category.USAGE, "/p/x is in the way", REMEDY),
                Arguments.of(
                        new FileSystemException("/p/x", null, "Read-only file system"),
                        Category.USAGE,
                        "/p/x: Read-only file system",
                        REMEDY),
                Arguments.of(new IOException("lost"), Category.USAGE, "lost", REMEDY));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void theReasonIsTold(IOException problem, Category category, String reason, String remedy) {
        SparklingException failure = Unwritable.of("the project's folder /p", problem, REMEDY);
        assertThat(failure).hasMessage("the project's folder /p cannot be written: " + reason);
        assertThat(failure.category()).isEqualTo(category);
        assertThat(failure.remedy()).isEqualTo(remedy);
        assertThat(failure).hasCause(problem);
    }
}
