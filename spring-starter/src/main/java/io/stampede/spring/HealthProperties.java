package io.stampede.spring;

/** How the health of the caches is told. */
class HealthProperties {

    /**
     * The status of the health component "stampede" while Redis does not answer a cache. The caches go on without it, so
     * this is UP unless it is said otherwise: the outage then shows in the details alone. Any other status may take all
     * instances out of service at once. The deep check, in the health group "stampede-deep", says DEGRADED in any case.
     */
    private String degradedStatus = "UP";

    public String getDegradedStatus() {
        return degradedStatus;
    }

    public void setDegradedStatus(String degradedStatus) {
        this.degradedStatus = degradedStatus;
    }
}
