package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WheelRecordsTest {
    @TempDir
    Path environment;

    private Path site;
    private Path jar;

    @BeforeEach
    void install() throws IOException {
        site = Files.createDirectories(environment.resolve("lib/site-packages"));
        write("shop/__init__.py", "");
        write("shop/a, b.py", "a = 1");
        write("../../bin/shop", "#!");
        jar = site.resolve("shop/shop.jar");
        try (ZipOutputStream archive = new ZipOutputStream(Files.newOutputStream(jar))) {
            archive.putNextEntry(new ZipEntry("Shop.class"));
        }
        write(
                "shop-1.dist-info/RECORD",
                "shop/__init__.py,sha256=x,0\n\"shop/a, b.py\",sha256=x,5\n../../bin/shop,sha256=x,2\n"
                        + "shop/__pycache__/a.pyc,sha256=x,99\nshop/shop.jar,sha256=x," + Files.size(jar)
                        + "\nshop-1.dist-info/RECORD,,\n");
    }

    private void write(String name, String text) throws IOException {
        Path file = site.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void findsNothingInAWholeOne() throws IOException {
        assertThat(WheelRecords.damage(environment, site)).isEmpty();
        write("shop/more.py", "one more does no harm");
        assertThat(WheelRecords.damage(environment, site)).isEmpty();
    }

    @Test
    void findsWhatIsMissingOrCut() throws IOException {
        write("shop/a, b.py", "");
        assertThat(WheelRecords.damage(environment, site)).contains("lib/site-packages/shop/a, b.py was changed");
        Files.delete(site.resolve("shop/a, b.py"));
        assertThat(WheelRecords.damage(environment, site)).contains("lib/site-packages/shop/a, b.py is missing");
    }

    @Test
    void followsPathsOutOfTheFolder() throws IOException {
        Path program = environment.resolve("bin/shop");
        Files.delete(program);
        assertThat(WheelRecords.damage(environment, site)).contains("bin/shop is missing");
    }

    @Test
    void findsAJarOfZeros() throws IOException {
        Files.write(jar, new byte[(int) Files.size(jar)]);
        assertThat(WheelRecords.damage(environment, site)).contains("lib/site-packages/shop/shop.jar was changed");
    }

    @Test
    void aListThatIsMissingIsDamageToo() throws IOException {
        Path list = site.resolve("shop-1.dist-info/RECORD");
        Files.delete(list);
        assertThat(WheelRecords.damage(environment, site)).contains(list + " cannot be read");
    }
}
