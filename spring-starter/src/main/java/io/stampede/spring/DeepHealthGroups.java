package io.stampede.spring;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.AdditionalPathsMapper;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.Status;

/**
 * The application's health groups, and one more for the deep check, which belongs to no other unless it is named there:
 * it is not part of the health as a whole, nor of a group that includes everything.
 */
final class DeepHealthGroups implements HealthEndpointGroups, AdditionalPathsMapper {

    static final String GROUP = "stampede-deep";
    static final String INDICATOR = "stampedeDeep";

    private static final String NOBODY = "\0";

    /** There is one status: others would leave out one that they don't know, such as DEGRADED. */
    private static final StatusAggregator AS_IT_IS =
            statuses -> statuses.stream().findFirst().orElse(Status.UNKNOWN);

    private final HealthEndpointGroups others;

    /** Always the same one: by that the endpoint knows that it is asked for the whole. */
    private final HealthEndpointGroup primary;

    DeepHealthGroups(HealthEndpointGroups others) {
        this.others = others;
        this.primary = new WithoutDeep(others.getPrimary());
    }

    @Override
    public HealthEndpointGroup getPrimary() {
        return primary;
    }

    @Override
    public Set<String> getNames() {
        Set<String> names = new LinkedHashSet<>(others.getNames());
        names.add(GROUP);
        return names;
    }

    @Override
    public @Nullable HealthEndpointGroup get(String name) {
        HealthEndpointGroup known = others.get(name);
        if (known != null) {
            return known.isMember(NOBODY) ? new WithoutDeep(known) : known;
        }
        return GROUP.equals(name) ? new DeepAlone(others.getPrimary()) : null;
    }

    @Override
    public @Nullable List<String> getAdditionalPaths(EndpointId endpoint, WebServerNamespace namespace) {
        return others instanceof AdditionalPathsMapper mapper ? mapper.getAdditionalPaths(endpoint, namespace) : null;
    }

    /** A group, but for what it says differently. */
    private abstract static class Like implements HealthEndpointGroup {

        final HealthEndpointGroup other;

        Like(HealthEndpointGroup other) {
            this.other = other;
        }

        @Override
        public boolean showComponents(SecurityContext securityContext) {
            return other.showComponents(securityContext);
        }

        @Override
        public boolean showDetails(SecurityContext securityContext) {
            return other.showDetails(securityContext);
        }

        @Override
        public StatusAggregator getStatusAggregator() {
            return other.getStatusAggregator();
        }

        @Override
        public HttpCodeStatusMapper getHttpCodeStatusMapper() {
            return other.getHttpCodeStatusMapper();
        }

        @Override
        public @Nullable AdditionalHealthEndpointPath getAdditionalPath() {
            return other.getAdditionalPath();
        }
    }

    /** A group that includes everything: everything but the deep check. */
    private static final class WithoutDeep extends Like {

        WithoutDeep(HealthEndpointGroup other) {
            super(other);
        }

        @Override
        public boolean isMember(String name) {
            return !INDICATOR.equals(name) && other.isMember(name);
        }
    }

    /** The deep check alone, shown to whom the health as a whole is shown. */
    private static final class DeepAlone extends Like {

        DeepAlone(HealthEndpointGroup primary) {
            super(primary);
        }

        @Override
        public boolean isMember(String name) {
            return INDICATOR.equals(name);
        }

        @Override
        public StatusAggregator getStatusAggregator() {
            return AS_IT_IS;
        }

        @Override
        public @Nullable AdditionalHealthEndpointPath getAdditionalPath() {
            return null;
        }
    }
}
