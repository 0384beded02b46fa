package io.stampede.spring;

import org.jspecify.annotations.Nullable;

/** The options of one cache as properties. */
class NamedCacheProperties extends CacheProperties {

    /**
     * The type of the cache's values, such as java.util.List&lt;com.acme.Product&gt;, where its methods do not tell, or in
     * place of what they tell.
     */
    private @Nullable String type;

    public @Nullable String getType() {
        return type;
    }

    public void setType(@Nullable String type) {
        this.type = type;
    }
}
