package io.stampede.spring;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says of a property that there is none by its name, and which names are like it. */
@Order(Ordered.HIGHEST_PRECEDENCE) // before Boot's, which knows no names
final class PropertyTypoAnalyzer extends AbstractFailureAnalyzer<BindException> {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(StampedeProperties.PREFIX);
    private static final ConfigurationPropertyName REDIS = PREFIX.append("redis");

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        if (!PREFIX.equals(cause.getName())
                || !(cause.getCause() instanceof UnboundConfigurationPropertiesException unbound)) {
            return null;
        }
        StringBuilder description = new StringBuilder("Stampede has no such property:");
        StringBuilder action = new StringBuilder("Correct the name, or remove the property.");
        for (ConfigurationProperty property : unbound.getUnboundProperties()) {
            description.append("\n\n    Property: ").append(property.getName());
            description
                    .append("\n    Value: \"")
                    .append(withoutSecrets(property))
                    .append('"');
            description.append("\n    Origin: ").append(property.getOrigin());
            action.append("\n\nMost like ").append(property.getName()).append(":\n");
            nearest(property.getName()).forEach(name -> action.append("\n    ").append(name));
        }
        return new FailureAnalysis(description.toString(), action.toString(), cause);
    }

    /** What is meant for Redis may be a password. */
    private static @Nullable Object withoutSecrets(ConfigurationProperty property) {
        return REDIS.isAncestorOf(property.getName()) ? "***" : property.getValue();
    }

    /** The names in the same place that are as like it as any. */
    private static List<String> nearest(ConfigurationPropertyName name) {
        Place place = Place.of(name);
        String wrong = name.getNumberOfElements() > place.depth() ? name.getElement(place.depth(), Form.DASHED) : "";
        int least = place.names().stream()
                .mapToInt(known -> differences(wrong, known))
                .min()
                .orElse(0);
        return place.names().stream()
                .filter(known -> differences(wrong, known) == least)
                .map(known -> name.chop(place.depth()) + "." + known)
                .toList();
    }

    /**
     * Where a property stands.
     *
     * @param depth how many elements of the name lead there
     * @param names what there is
     */
    private record Place(int depth, Set<String> names) {

        static Place of(ConfigurationPropertyName name) {
            String group = name.getNumberOfElements() > 2 ? name.getElement(1, Form.DASHED) : "";
            if (group.equals("caches")) {
                return new Place(3, namesOf(NamedCacheProperties.class));
            }
            return Arrays.stream(BeanUtils.getPropertyDescriptors(StampedeProperties.class))
                    .filter(property -> property.getName().equals(group) && isGroup(property.getPropertyType()))
                    .map(property -> new Place(2, namesOf(property.getPropertyType())))
                    .findFirst()
                    .orElseGet(() -> new Place(1, namesOf(StampedeProperties.class)));
        }

        private static boolean isGroup(Class<?> type) {
            return type.getPackage() == StampedeProperties.class.getPackage();
        }

        private static Set<String> namesOf(Class<?> properties) {
            Set<String> names = new TreeSet<>();
            Arrays.stream(BeanUtils.getPropertyDescriptors(properties))
                    .map(property -> DataObjectPropertyName.toDashedForm(property.getName()))
                    .filter(name -> !name.equals("class"))
                    .forEach(names::add);
            return names;
        }
    }

    /** How many letters are to be added, removed or changed to make the one text of the other. */
    private static int differences(String one, String other) {
        int[] before = new int[other.length() + 1];
        Arrays.setAll(before, column -> column);
        for (int row = 1; row <= one.length(); row++) {
            int[] now = new int[before.length];
            now[0] = row;
            for (int column = 1; column < now.length; column++) {
                int changed = before[column - 1] + (one.charAt(row - 1) == other.charAt(column - 1) ? 0 : 1);
                now[column] = Math.min(changed, Math.min(before[column], now[column - 1]) + 1);
            }
            before = now;
        }
        return before[other.length()];
    }
}
