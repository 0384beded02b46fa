package io.stampede.spring;

import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/** The endpoint over HTTP, where a refusal is an answer with a reason in it. */
@EndpointWebExtension(endpoint = StampedeEndpoint.class)
class StampedeEndpointWebExtension {

    private final StampedeEndpoint endpoint;

    StampedeEndpointWebExtension(StampedeEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    @ReadOperation
    WebEndpointResponse<Object> cache(@Selector String cache) {
        return answer(() -> endpoint.cache(cache));
    }

    @WriteOperation
    WebEndpointResponse<Object> operate(
            @Selector String cache,
            @Nullable String operation,
            @Nullable String key,
            @Nullable String tag,
            @Nullable Boolean on) {
        return answer(() -> endpoint.operate(cache, operation, key, tag, on));
    }

    private static WebEndpointResponse<Object> answer(Supplier<Object> request) {
        try {
            return new WebEndpointResponse<>(request.get());
        } catch (RefusedRequestException e) {
            return new WebEndpointResponse<>(Map.of("error", String.valueOf(e.getMessage())), e.httpStatus());
        }
    }
}
