package io.stampede.redis;

import static java.lang.System.Logger.Level.ERROR;

/**
 * A task for one of the client's event executors. Such an executor ends for good, and with it all that its client does, when
 * a task throws; so this one does not.
 *
 * @param who whose task it is, for the log
 */
record Surviving(String who, Runnable task) implements Runnable {

    private static final System.Logger LOG = System.getLogger(Surviving.class.getName());

    @Override
    public void run() {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(ERROR, () -> who + " goes on, though it has failed in a way that was not foreseen", e);
        }
    }
}
