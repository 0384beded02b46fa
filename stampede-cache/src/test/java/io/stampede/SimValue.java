package io.stampede;

/**
 * A value in the simulation: which version of the source it shows, and when it came into being, in true time.
 *
 * @param version the source's version
 * @param bornAt when its load returned, or it was put
 * @param ttl how long it may be fresh from then on, in nanoseconds
 * @param tagged whether it carries {@link #TAG}
 */
record SimValue(long version, long bornAt, long ttl, boolean tagged) {

    /** The only tag there is. */
    static final String TAG = "t0";

    static final Codec<SimValue> CODEC = new Codec<>() {
        @Override
        public byte[] encode(SimValue value) {
            return java.nio.ByteBuffer.allocate(25)
                    .putLong(value.version)
                    .putLong(value.bornAt)
                    .putLong(value.ttl)
                    .put((byte) (value.tagged ? 1 : 0))
                    .array();
        }

        @Override
        public SimValue decode(java.nio.ByteBuffer bytes) {
            return read(bytes);
        }
    };

    static SimValue read(java.nio.ByteBuffer bytes) {
        return new SimValue(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.get() == 1);
    }
}
