package io.stampede;

/**
 * A value in the simulation: which version of the source it shows, and when it came into being, in true time.
 *
 * @param version the source's version
 * @param bornAt when its load returned, or it was put
 */
record SimValue(long version, long bornAt) {

    static final Codec<SimValue> CODEC = new Codec<>() {
        @Override
        public byte[] encode(SimValue value) {
            return java.nio.ByteBuffer.allocate(16)
                    .putLong(value.version)
                    .putLong(value.bornAt)
                    .array();
        }

        @Override
        public SimValue decode(java.nio.ByteBuffer bytes) {
            return new SimValue(bytes.getLong(), bytes.getLong());
        }
    };
}
