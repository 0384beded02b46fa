package io.stampede.spi;

/**
 * The store has answered, and the answer is that it will not: it is out of memory, takes no writes for now, lacks a right
 * of the user. Asking it costs its callers no more than the way there and back, unlike a store that does not answer.
 */
public sealed class RemoteRefusedException extends RuntimeException permits RemoteCutOffException {

    private static final long serialVersionUID = 1L;

    /**
     * A refusal.
     *
     * @param message what was refused, by whom and why
     * @param cause what the store's client made of it
     */
    public RemoteRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
