package io.stampede.spring;

import java.util.ArrayList;
import java.util.List;

/** What can be found wrong with the cached methods of an application before any of them is called. */
final class MethodChecks {

    private final MethodExtras extras;
    private final boolean isProxied;

    /**
     * The checks.
     *
     * @param isProxied whether it is proxies that have cached methods cached, and not woven classes
     */
    MethodChecks(MethodExtras extras, boolean isProxied) {
        this.extras = extras;
        this.isProxied = isProxied;
    }

    /**
     * Finds what can't work.
     *
     * @throws StampedeConfigurationException if there is something
     */
    void check(CacheCatalog catalog) {
        for (CachedMethod method : catalog.methods()) {
            if (method.isCacheable()) {
                extras.of(method.method(), method.beanClass()).check(method);
            }
            StampedeEvict evict = method.annotation(StampedeEvict.class);
            if (evict != null) {
                check(evict, method);
            }
        }
    }

    private void check(StampedeEvict evict, CachedMethod method) {
        boolean hasTags = evict.tags().length > 0;
        if (evict.expire() && (hasTags || evict.allEntries())) {
            throw new StampedeConfigurationException(
                    "expire of @StampedeEvict on " + method,
                    true,
                    "it is not allowed together with " + (hasTags ? "tags" : "allEntries")
                            + ": only the value of one key can be made stale");
        }
        if (hasTags && evict.allEntries()) {
            throw new StampedeConfigurationException(
                    "allEntries of @StampedeEvict on " + method,
                    true,
                    "it is not allowed together with tags: it is either all values that go, or those with a tag");
        }
        MethodTags.check(evict.tags(), "tags of @StampedeEvict on " + method);
    }

    /** What works, but hardly as it is meant. */
    List<String> warnings(CacheCatalog catalog) {
        List<String> warnings = new ArrayList<>(catalog.collisions());
        warnings.addAll(catalog.unprotected());
        if (isProxied) {
            warnings.addAll(SelfCalls.warnings(catalog.methods()));
        }
        return warnings;
    }
}
