package io.stampede.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The one directory that a run writes to: binaries, data, logs. It is the {@code java.io.tmpdir} of each child. */
public final class WorkDirectory {

    private static final int ATTEMPTS = 5;
    private static final int LINES_OF_LOG = 15;

    private WorkDirectory() {}

    /**
     * Makes a new one.
     *
     * @param name what the run is called
     * @throws IOException if that is not possible
     */
    public static Path create(String name) throws IOException {
        return Files.createTempDirectory("stampede-" + name + "-");
    }

    /**
     * Deletes the directory with all it holds, if it is there. When a signal ends all processes at the same time, others
     * delete files of theirs meanwhile, so that not finding one is no failure.
     */
    public static void delete(Path directory) {
        IOException failure = null;
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(directory); attempt++) {
            try {
                Files.walkFileTree(directory, new Deleting());
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null && Files.exists(directory)) {
            throw new UncheckedIOException("Can't delete " + directory, failure);
        }
    }

    /** The end of a child's log, for the message that says why it failed. */
    public static String tail(Path log) {
        try (var lines = Files.lines(log)) {
            List<String> all = lines.toList();
            return all.stream()
                    .skip(Math.max(0, all.size() - LINES_OF_LOG))
                    .map(line -> "    " + line)
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            return "    (no log: " + e + ")";
        }
    }

    private static final class Deleting extends SimpleFileVisitor<Path> {

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
