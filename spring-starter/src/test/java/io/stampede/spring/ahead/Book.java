package io.stampede.spring.ahead;

import java.util.List;

/** What is cached: a record with a sealed type inside. */
public record Book(long id, String title, List<Copy> copies) {

    /** One of several. */
    public sealed interface Copy permits Paper, Sound {}

    public record Paper(int pages) implements Copy {}

    public record Sound(Narrator narrator) implements Copy {}

    public record Narrator(String name) {}
}
