package dev.sparkling.cluster;

/** A setting's value that cannot be; whoever knows where it was written adds the place. */
public final class InvalidSettingException extends RuntimeException {
    private final String problem;
    private final String remedy;

    /**
     * @param problem what is wrong with the value, such as `'0' is no number of workers`
     * @param remedy how to mend it, as a sentence
     */
    public InvalidSettingException(String problem, String remedy) {
        super(problem);
        this.problem = problem;
        this.remedy = remedy;
    }

    /** What is wrong. */
    public String problem() {
        return problem;
    }

    /** How to mend it. */
    public String remedy() {
        return remedy;
    }
}
