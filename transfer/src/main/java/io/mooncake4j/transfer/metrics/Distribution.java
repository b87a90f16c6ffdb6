package io.mooncake4j.transfer.metrics;

/** A histogram as it is told: values counted by bounds, in the unit of its metric. */
public interface Distribution {
    /** Ascending; above the last one there is one class more. */
    double[] bounds();

    /** How many values each class has: not those of the classes below it. */
    long[] counts();

    /** All values added up. */
    double sum();
}
