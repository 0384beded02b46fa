package io.stampede;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.stampede.spi.Environment;
import io.stampede.spi.RemoteTier.TagGeneration;
import io.stampede.spi.Token;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which generation each tag is in, as far as this node knows: L2 decides, and the bus says when what is known is over.
 * Only tags that entries of L1 carry are remembered. There is no list of the entries of a tag: they point to its
 * {@link TagEra}, and whoever meets one of an era that is over refuses it.
 *
 * <p>Thread-safe.
 */
final class Tags {

    private static final int MOST = 100;
    private static final int LONGEST = 1_000;

    private final @Nullable RemoteGate gate;
    private final Environment environment;
    private final long generationTtlMillis;

    /** By the tag's name; weak, so that a tag is forgotten together with the last entry that carries it. */
    private final Map<String, TagEra> known = weakly();

    /** Eras of entries that L2 does not know of. They can end, but nothing in L2 can be judged by them. */
    private final Map<String, TagEra> ofThisNode = weakly();

    private final Map<String, CompletableFuture<TagEra>> asking = new HashMap<>();
    private volatile long epoch;

    Tags(@Nullable RemoteGate gate, Environment environment, long generationTtlMillis) {
        this.gate = gate;
        this.environment = environment;
        this.generationTtlMillis = generationTtlMillis;
    }

    private static Map<String, TagEra> weakly() {
        return Caffeine.newBuilder()
                .weakValues()
                .executor(Runnable::run)
                .<String, TagEra>build()
                .asMap();
    }

    /** How many invalidations of tags this node has heard of: a load that began before may carry one of these tags. */
    long epoch() {
        return epoch;
    }

    /** The era of a tag, if entries can be judged by it without L2. */
    @Nullable
    TagEra find(String tag) {
        TagEra era = known.get(tag);
        return era != null && era.isCurrent() ? era : null;
    }

    /** For an entry that is of this node alone. */
    synchronized TagEra[] local(Set<String> tags) {
        return tags.stream()
                .map(tag -> {
                    TagEra era = find(tag);
                    return era != null
                            ? era
                            : ofThisNode.computeIfAbsent(tag, same -> TagEra.local(environment.nanoTime()));
                })
                .toArray(TagEra[]::new);
    }

    /** The eras of these tags, of which L2 is asked for those that aren't known. */
    CompletableFuture<Map<String, TagEra>> resolve(Set<String> tags, Budget budget) {
        return all(tags, tag -> {
            TagEra era = find(tag);
            return era == null ? ask(tag, budget) : CompletableFuture.completedFuture(era);
        });
    }

    /** The eras of these tags as L2 knows them now. */
    CompletableFuture<Map<String, TagEra>> ask(Set<String> tags, Budget budget) {
        return all(tags, tag -> ask(tag, budget));
    }

    private static CompletableFuture<Map<String, TagEra>> all(
            Set<String> tags, Function<String, CompletableFuture<TagEra>> question) {
        Map<String, CompletableFuture<TagEra>> answers = new LinkedHashMap<>();
        tags.forEach(tag -> answers.put(tag, question.apply(tag)));
        return CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
                .thenApply(nothing -> {
                    Map<String, TagEra> eras = new LinkedHashMap<>();
                    answers.forEach((tag, answer) -> eras.put(tag, answer.join()));
                    return eras;
                });
    }

    private CompletableFuture<TagEra> ask(String tag, Budget budget) {
        CompletableFuture<TagEra> answer = new CompletableFuture<>();
        synchronized (this) {
            CompletableFuture<TagEra> asked = asking.putIfAbsent(tag, answer);
            if (asked != null) {
                return asked;
            }
        }
        if (gate == null) {
            throw new IllegalStateException("There is no L2 to ask for a tag");
        }
        gate.tag(budget, tag, environment.newToken(), generationTtlMillis).whenComplete((generation, failure) -> {
            TagEra learned = failure == null ? learn(tag, answer, era(gate, tag, generation)) : null;
            if (learned != null) {
                answer.complete(learned);
            } else if (failure == null) {
                // Perhaps by the echo of an invalidation that the answer knows of: it is asked once more.
                ask(tag, budget).whenComplete((later, laterFailure) -> {
                    if (laterFailure == null) {
                        answer.complete(later);
                    } else {
                        answer.completeExceptionally(laterFailure);
                    }
                });
            } else {
                forgetQuestion(tag, answer);
                answer.completeExceptionally(
                        new RemoteUnavailableException("Tag '" + tag + "' could not be looked up", failure));
            }
        });
        return answer;
    }

    private TagEra era(RemoteGate askedGate, String tag, TagGeneration found) {
        long now = environment.nanoTime();
        ServerClock clock = askedGate.clock(tag);
        return new TagEra(
                found.token(),
                askedGate.part(tag),
                found.sinceMicros(),
                clock.nanosAfter(found.sinceMicros(), now),
                now,
                clock.steadySince());
    }

    /** Null if the tag has been invalidated since L2 was asked: then the answer may be of before. */
    private synchronized @Nullable TagEra learn(String tag, CompletableFuture<TagEra> question, TagEra era) {
        if (!asking.remove(tag, question)) {
            return null;
        }
        TagEra before = known.get(tag);
        if (before != null && before.generation.equals(era.generation) && !before.isOver()) {
            before.doubt(false);
            return before;
        }
        end(tag);
        known.put(tag, era);
        return era;
    }

    private synchronized void forgetQuestion(String tag, CompletableFuture<TagEra> question) {
        asking.remove(tag, question);
    }

    /**
     * A tag has been invalidated, here or elsewhere. Which generation is the current one is asked when it is needed: with
     * two invalidations at about the same time, the one heard of last isn't always the last one.
     *
     * @param generation what the tag was moved to, or {@link Token#NONE}
     */
    synchronized void invalidated(String tag, Token generation) {
        epoch++;
        asking.remove(tag);
        TagEra before = known.get(tag);
        boolean heardBefore = before != null && before.generation.equals(generation);
        if (!heardBefore) {
            end(tag);
        } else {
            end(ofThisNode.remove(tag));
        }
    }

    private void end(String tag) {
        end(known.remove(tag));
        end(ofThisNode.remove(tag));
    }

    private static void end(@Nullable TagEra era) {
        if (era != null) {
            era.end();
        }
    }

    /** Messages may have been missed. */
    synchronized void doubtAll() {
        epoch++;
        asking.clear();
        known.values().forEach(era -> era.doubt(true));
    }

    static Set<String> checked(Set<String> tags) {
        if (tags.size() > MOST) {
            throw new IllegalArgumentException(tags.size() + " tags: allowed are " + MOST);
        }
        tags.forEach(Tags::checked);
        return Collections.unmodifiableSet(tags);
    }

    static String checked(String tag) {
        if (tag.isEmpty() || tag.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "tag of " + tag.length() + " characters: allowed are 1 to " + LONGEST + " characters");
        }
        return tag;
    }
}
