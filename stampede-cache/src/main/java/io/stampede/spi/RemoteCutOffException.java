package io.stampede.spi;

/**
 * The store refuses because it has lost touch with those that it must keep in step: another may have taken its place, and
 * what it still answers may be out of date. A cache whose heartbeat is refused like this does not believe the store until
 * the next one succeeds.
 */
public final class RemoteCutOffException extends RemoteRefusedException {

    private static final long serialVersionUID = 1L;

    /**
     * A refusal.
     *
     * @param message what was refused, by whom and why
     * @param cause what the store's client made of it
     */
    public RemoteCutOffException(String message, Throwable cause) {
        super(message, cause);
    }
}
