package io.stampede.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in plain words why an application can't start with its caches as they are configured. */
final class ConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<StampedeConfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, StampedeConfigurationException cause) {
        Object value = cause.value();
        return new FailureAnalysis(
                "A cache of Stampede can't be made as it is configured:\n\n    " + cause.property()
                        + (value == null ? "" : " = " + value) + "\n\n" + cause.problem(),
                value == null ? "Change one of what is named above." : "Change " + cause.property() + ", or remove it.",
                cause);
    }
}
