package dev.sparkling.console;

/** Shows nothing. */
final class QuietStatusBoard implements StatusBoard {
    @Override
    public void update(Row row) {}

    @Override
    public void note(String text) {}

    @Override
    public void close() {}

    @Override
    public void line(String text) {}
}
