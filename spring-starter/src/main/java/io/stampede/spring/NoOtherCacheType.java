package io.stampede.spring;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Holds unless the application has named a kind of cache that Spring Boot is to set up. */
final class NoOtherCacheType extends SpringBootCondition {

    private static final String TYPE = "spring.cache.type";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        String type = context.getEnvironment().getProperty(TYPE);
        ConditionMessage.Builder message = ConditionMessage.forCondition(TYPE);
        return type == null
                ? ConditionOutcome.match(message.because("it is not set"))
                : ConditionOutcome.noMatch(message.because("it is '" + type + "'"));
    }
}
