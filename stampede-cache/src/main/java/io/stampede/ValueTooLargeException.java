package io.stampede;

/** A value's bytes are more than the cache takes. */
final class ValueTooLargeException extends Exception {

    private static final long serialVersionUID = 1;

    ValueTooLargeException(long size, int maxValueSize) {
        super("The value has " + size + " bytes: allowed are " + maxValueSize);
    }
}
