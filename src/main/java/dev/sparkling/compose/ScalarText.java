package dev.sparkling.compose;

import dev.sparkling.yaml.YamlNode.Scalar;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;

/**
 * The text that a value has where Compose wants text, such as in an environment. Docker Compose reads numbers first and
 * prints them after, so that an unquoted `022` becomes `18` and `1.10` becomes `1.1`; the same file must mean the same.
 */
final class ScalarText {
    private ScalarText() {}

    static String of(Scalar scalar) {
        String text = scalar.text();
        return switch (scalar.type()) {
            case STRING -> text;
            case NULL -> "";
            case BOOLEAN -> text.toLowerCase(Locale.ROOT);
            case INTEGER -> integer(text).toString();
            case FLOAT -> decimal(text);
        };
    }

    private static BigInteger integer(String text) {
        if (text.startsWith("0x")) {
            return new BigInteger(text.substring(2), 16);
        }
        if (text.startsWith("0o")) {
            return new BigInteger(text.substring(2), 8);
        }
        boolean octal = text.matches("[-+]?0[0-7]+");
        return new BigInteger(text, octal ? 8 : 10);
    }

    /** As Go prints a 64-bit float: the fewest digits, an exponent below 1e-4 and from 1e21. */
    private static String decimal(String text) {
        double value;
        try {
            value = Double.parseDouble(text);
        } catch (NumberFormatException infinityOrNan) {
            return text;
        }
        if (value == 0 || Double.isInfinite(value)) {
            return value == 0 ? "0" : text;
        }
        BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 21) {
            return shortest.toPlainString();
        }
        BigDecimal mantissa = shortest.movePointLeft(exponent).stripTrailingZeros();
        return mantissa.toPlainString() + String.format("e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
}
