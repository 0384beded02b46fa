package io.stampede.spring;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.AnnotatedElementKey;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.context.expression.CachedExpressionEvaluator;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/**
 * Evaluates the tags that an annotation names, in SpEL over the arguments of a call and {@code #result}.
 *
 * <p>Thread-safe.
 */
final class MethodTags extends CachedExpressionEvaluator {

    private final Map<ExpressionKey, Expression> expressions = new ConcurrentHashMap<>();
    private final BeanFactoryResolver beans;

    MethodTags(BeanFactory beans) {
        this.beans = new BeanFactoryResolver(beans);
    }

    /**
     * Reads expressions that are evaluated later.
     *
     * @param origin where they stand, for people
     * @throws StampedeConfigurationException if one can't be read
     */
    static void check(String[] texts, String origin) {
        SpelExpressionParser parser = new SpelExpressionParser();
        for (String text : texts) {
            try {
                parser.parseExpression(text);
            } catch (ParseException | IllegalStateException | IllegalArgumentException e) {
                throw new StampedeConfigurationException(
                        origin,
                        text,
                        "it is to be an expression in SpEL, such as 'fixed' in single quotes or #id: " + e.getMessage(),
                        e);
            }
        }
    }

    /**
     * The tags of one call.
     *
     * @param texts the expressions; each gives a text, a collection of texts, or null for none
     * @param result what the method has returned, or null
     * @throws IllegalArgumentException if an expression gives anything else
     */
    String[] of(String[] texts, Object target, Method method, @Nullable Object[] arguments, @Nullable Object result) {
        MethodBasedEvaluationContext context =
                new MethodBasedEvaluationContext(target, method, arguments, getParameterNameDiscoverer());
        context.setBeanResolver(beans);
        context.setVariable("result", result);
        AnnotatedElementKey element = new AnnotatedElementKey(method, target.getClass());
        List<String> tags = new ArrayList<>();
        for (String text : texts) {
            add(getExpression(expressions, element, text).getValue(context), text, method, tags);
        }
        return tags.toArray(String[]::new);
    }

    private static void add(@Nullable Object value, String text, Method method, List<String> tags) {
        if (value instanceof Collection<?> several) {
            several.forEach(one -> add(one, text, method, tags));
        } else if (value instanceof CharSequence || value instanceof Number || value instanceof Enum<?>) {
            tags.add(value.toString());
        } else if (value != null) {
            throw new IllegalArgumentException("tags of " + method + ": the expression \"" + text + "\" gives a "
                    + value.getClass().getName() + "; allowed are texts, numbers, enums and collections of these");
        }
    }
}
