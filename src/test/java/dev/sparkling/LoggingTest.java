package dev.sparkling;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.core.ConsoleAppender;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggingTest {
    @Test
    void librariesSayOnlyWhatIsGraveAndOnStandardError() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

        assertThat(root.getLevel()).isEqualTo(Level.ERROR);
        assertThat(root.iteratorForAppenders())
                .toIterable()
                .singleElement()
                .isInstanceOfSatisfying(ConsoleAppender.class, appender -> {
                    assertThat(appender.getTarget()).isEqualTo("System.err");
                    assertThat(appender.isStarted()).isTrue();
                });
        assertThat(LoggerFactory.getLogger("com.github.dockerjava.api.async.ResultCallbackTemplate")
                        .isErrorEnabled())
                .isFalse();
    }
}
