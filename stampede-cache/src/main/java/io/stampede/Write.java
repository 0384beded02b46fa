package io.stampede;

import io.stampede.spi.BusMessage;
import io.stampede.spi.RemoteTier.Receipt;
import io.stampede.spi.Token;

/**
 * A write of a key as L2 has ordered it.
 *
 * @param kind what was written
 * @param version the version, for a value
 * @param revoked the lease that it revoked
 * @param serverMicros when, by the store's clock
 */
record Write(BusMessage.Kind kind, Token version, Token revoked, long serverMicros) {

    static Write of(BusMessage message) {
        return new Write(message.kind(), message.token(), message.revoked(), message.serverMicros());
    }

    static Write of(BusMessage.Kind kind, Token version, Receipt receipt) {
        return new Write(kind, version, receipt.revoked(), receipt.serverMicros());
    }

    /** A write that L2 has not seen: it has overtaken whatever is going on here. */
    static Write unordered(BusMessage.Kind kind) {
        return new Write(kind, Token.NONE, Token.NONE, Long.MAX_VALUE);
    }

    /** Whether the holder of this lease, granted at that time, has lost the right to rebuild by this write. */
    boolean ends(Token lease, long grantedMicros) {
        // The time catches a write that found the lease already expired; the token one after the store's clock was set.
        return revoked.equals(lease) || serverMicros >= grantedMicros;
    }
}
