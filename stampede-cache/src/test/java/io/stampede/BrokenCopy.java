package io.stampede;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * A class of ours with a mistake put into it, compiled and placed in front of the class path, in a world of its own where
 * a test class can be run against it.
 */
final class BrokenCopy implements AutoCloseable {

    private final URLClassLoader world;

    private BrokenCopy(URLClassLoader world) {
        this.world = world;
    }

    /**
     * @param source the source file, from the module's directory
     * @param right what it says exactly once, however it is laid out
     * @param wrong what the copy says instead
     * @param directory an empty directory
     */
    static BrokenCopy of(String source, String right, String wrong, Path directory) throws IOException {
        Path original = Path.of(source);
        String text = Files.readString(original);
        Matcher matcher = ignoringLayout(right).matcher(text);
        assertThat(matcher.results().count())
                .as("how often %s says '%s'; if it was rewritten, write this mistake anew", source, right)
                .isOne();
        Path copy = Files.createDirectories(directory.resolve("src")).resolve(original.getFileName());
        Files.writeString(copy, matcher.replaceFirst(Matcher.quoteReplacement(wrong)));
        Path classes = Files.createDirectories(directory.resolve("classes"));
        compile(copy, classes);
        return new BrokenCopy(new URLClassLoader(classPath(classes), ClassLoader.getPlatformClassLoader()));
    }

    private static Pattern ignoringLayout(String code) {
        return Pattern.compile(
                Stream.of(code.strip().split("\\s+")).map(Pattern::quote).collect(joining("\\s+")));
    }

    private static void compile(Path copy, Path classes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        List<String> options = List.of(
                "-proc:none", "-nowarn", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(errors, files, null, options, null, files.getJavaFileObjects(copy))
                    .call();
            assertThat(compiled).as(errors.toString()).isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URL[] classPath(Path first) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        urls.add(first.toUri().toURL());
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return urls.toArray(new URL[0]);
    }

    /** Runs a test class in that world; how many of its tests have failed. */
    long failuresOf(Class<?> testClass) throws ReflectiveOperationException {
        Thread thread = Thread.currentThread();
        ClassLoader here = thread.getContextClassLoader();
        thread.setContextClassLoader(world);
        try {
            Class<?> there = world.loadClass(BrokenCopy.class.getName());
            assertThat(there).isNotSameAs(BrokenCopy.class);
            var run = there.getDeclaredMethod("run", String.class);
            run.setAccessible(true);
            return (long) run.invoke(null, testClass.getName());
        } finally {
            thread.setContextClassLoader(here);
        }
    }

    /** The other side of {@link #failuresOf}. */
    static long run(String testClass) {
        Launcher launcher = LauncherFactory.create();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(testClass))
                .build();
        launcher.execute(request, summary);
        assertThat(summary.getSummary().getTestsStartedCount()).isPositive();
        return summary.getSummary().getTestsFailedCount();
    }

    @Override
    public void close() throws IOException {
        world.close();
    }
}
