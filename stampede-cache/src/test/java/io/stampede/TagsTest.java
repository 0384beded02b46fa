package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** P17: what carries a tag is refused from the moment at which the tag was invalidated, wherever it is by then. */
class TagsTest {

    private static final String TAG = "tag";
    private static final CallOptions TAGGED = CallOptions.none().tags(TAG);

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final TestCluster.Node b = cluster.node();
    private final AtomicInteger loads = new AtomicInteger();

    @AfterEach
    void close() {
        cluster.close();
    }

    private Loader<String, String> tagged(String value, String... tags) {
        return Loader.withContext(context -> {
            loads.incrementAndGet();
            return Loaded.of(value).tags(tags);
        });
    }

    /** And time passes, as it does: what comes later is not of the same microsecond. */
    private WriteResult invalidateByTag(TestCluster.Node node) {
        WriteResult result = node.cache.invalidateByTag(TAG);
        cluster.time.pass(Duration.ofMillis(1));
        return result;
    }

    // ---- what is refused ------------------------------------------------------------------------------------------

    /** How a value gets its tag. */
    enum Way {
        PUT {
            @Override
            void store(TagsTest test, String key) {
                test.a.cache.put(key, "old", TAGGED);
            }
        },
        LOADED_WITH_OPTIONS {
            @Override
            void store(TagsTest test, String key) {
                test.a.cache.get(key, any -> "old", TAGGED);
            }
        },
        NAMED_BY_THE_LOADER {
            @Override
            void store(TagsTest test, String key) {
                test.a.cache.get(key, test.tagged("old", TAG));
            }
        },
        NAMED_BESIDE_THE_OPTIONS {
            @Override
            void store(TagsTest test, String key) {
                test.a.cache.get(
                        key, test.tagged("old", TAG), CallOptions.none().tags("other"));
            }
        };

        abstract void store(TagsTest test, String key);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void whatCarriesTheTagIsRefusedEverywhereAndNothingElse(Way way) {
        way.store(this, "x");
        way.store(this, "y");
        a.cache.put("untagged", "stays");
        a.cache.put("otherwise", "stays", CallOptions.none().tags("another"));
        a.awaitRest();
        for (String key : List.of("x", "y", "untagged", "otherwise")) {
            assertThat(b.cache.getIfPresent(key)).isNotNull();
        }
        assertThat(invalidateByTag(a)).isEqualTo(WriteResult.EVERYWHERE);
        TestCluster.Node later = cluster.node();
        for (TestCluster.Node node : List.of(a, b, later)) {
            assertThat(node.local("x")).isNull();
            assertThat(node.cache.getIfPresent("x")).isNull();
            assertThat(node.cache.getIfPresent("y")).isNull();
            assertThat(node.cache.getIfPresent("untagged")).isEqualTo("stays");
            assertThat(node.cache.getIfPresent("otherwise")).isEqualTo("stays");
        }
        assertThat(later.cache.get("x", tagged("new", TAG))).isEqualTo("new");
        later.awaitRest();
        assertThat(a.cache.get("x", tagged("never", TAG))).isEqualTo("new");
        assertThat(a.local("x")).isEqualTo("new");
    }

    @Test
    void itCostsOneOperationHoweverManyThereAre() {
        IntStream.range(0, 200).forEach(key -> a.cache.put("k" + key, "old", TAGGED));
        long[] before = operations();
        invalidateByTag(a);
        long[] after = operations();
        after[0]--;
        assertThat(after).containsExactly(before);
        assertThat(IntStream.range(0, 200).mapToObj(key -> a.local("k" + key))).containsOnlyNulls();
    }

    private long[] operations() {
        return List.of("invalidateTag", "invalidate", "put", "get", "getAll", "claim", "tag", "expire", "generation")
                .stream()
                .mapToLong(cluster.server::count)
                .toArray();
    }

    /** What is written with one tag after another costs no question once the tag is known. */
    @Test
    void aKnownTagIsNotAskedForAgain() {
        a.cache.put("x", "value", TAGGED);
        a.cache.put("y", "value", TAGGED);
        a.cache.get("z", tagged("value", TAG));
        a.awaitRest();
        assertThat(cluster.server.count("tag")).isOne();
    }

    @Test
    void anyOfManyTagsIsEnough() {
        String[] many =
                IntStream.range(0, 100).mapToObj(number -> "tag " + number).toArray(String[]::new);
        a.cache.put("x", "old", CallOptions.none().tags(many));
        assertThat(b.cache.getIfPresent("x")).isEqualTo("old");
        a.cache.invalidateByTag("tag 57");
        assertThat(a.cache.getIfPresent("x")).isNull();
        assertThat(b.cache.getIfPresent("x")).isNull();
    }

    @Test
    void aTagIsAnyText() {
        for (String tag : List.of("ü {}:*", "😀", "t".repeat(1_000), "漢".repeat(1_000))) {
            a.cache.put("x", "old", CallOptions.none().tags(tag));
            assertThat(cluster.remote("x")).isEqualTo("old");
            b.cache.invalidateByTag(tag);
            assertThat(a.local("x")).isNull();
            assertThat(cluster.remote("x")).isNull();
        }
        for (String wrong : List.of("", "t".repeat(1_001))) {
            assertThatIllegalArgumentException().isThrownBy(() -> a.cache.invalidateByTag(wrong));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CallOptions.none().tags(wrong));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Loaded.of("value").tags(wrong));
        }
    }

    @Test
    void aStaleValueIsRefusedToo() {
        var node = cluster.node(
                options -> options.staleWhileRevalidate(TestCluster.TTL).staleOnError(TestCluster.TTL));
        node.cache.put("x", "old", TAGGED);
        cluster.time.pass(TestCluster.TTL);
        invalidateByTag(node);
        var call = cluster.threads.start(() -> node.cache.get("x", key -> {
            throw new IllegalStateException("the source is down");
        }));
        assertThat(call.failure()).hasMessage("the source is down");
    }

    @Test
    void anotherNodeRefusesOnceTheMessageIsThere() {
        a.cache.put("x", "old", TAGGED);
        assertThat(b.cache.getIfPresent("x")).isEqualTo("old");
        b.wire.holdMessages();
        invalidateByTag(a);
        assertThat(a.local("x")).isNull();
        assertThat(b.local("x")).isEqualTo("old");
        b.wire.releaseMessages();
        assertThat(b.local("x")).isNull();
    }

    @Test
    void itWorksWithoutAnL2() {
        try (var alone = StampedeCache.<String, String>builder("alone")
                .ttl(TestCluster.TTL)
                .environment(a.machine)
                .build()) {
            alone.put("x", "old", TAGGED);
            alone.get("y", tagged("old", TAG));
            alone.put("z", "stays");
            assertThat(alone.invalidateByTag(TAG)).isEqualTo(WriteResult.EVERYWHERE);
            assertThat(alone.getIfPresent("x")).isNull();
            assertThat(alone.getIfPresent("y")).isNull();
            assertThat(alone.getIfPresent("z")).isEqualTo("stays");
            alone.put("x", "new", TAGGED);
            assertThat(alone.getIfPresent("x")).isEqualTo("new");
        }
    }

    @Test
    void withoutAnL2ALoadIsKeptIfItNamesNoTag() {
        try (var alone = StampedeCache.<String, String>builder("alone")
                .ttl(TestCluster.TTL)
                .environment(a.machine)
                .build()) {
            Hold inLoader = new Hold();
            var load = cluster.threads.start(() -> alone.get("x", key -> {
                inLoader.arrive();
                return "value";
            }));
            inLoader.awaitReached();
            alone.invalidateByTag(TAG);
            inLoader.release();
            assertThat(load.value()).isEqualTo("value");
            assertThat(alone.getIfPresent("x")).isEqualTo("value");
        }
    }

    // ---- loads and puts under way ---------------------------------------------------------------------------------

    private Threads.Call<String> slowLoad(TestCluster.Node node, Hold inLoader) {
        var load = cluster.threads.start(() -> node.cache.get("x", Loader.withContext(context -> {
            inLoader.arrive();
            return Loaded.of("old").tags(TAG);
        })));
        inLoader.awaitReached();
        return load;
    }

    /** The tag is named at the load's end only. It was invalidated by this node, or another, told of or not. */
    @ParameterizedTest
    @CsvSource({"true, true", "false, true", "false, false"})
    void aLoadFromBeforeIsStoredNowhere(boolean onSameNode, boolean told) {
        Hold inLoader = new Hold();
        var load = slowLoad(a, inLoader);
        if (!told) {
            a.wire.holdMessages();
        }
        invalidateByTag(onSameNode ? a : b);
        inLoader.release();
        assertThat(load.value()).isEqualTo("old");
        a.awaitRest();
        assertThat(a.local("x")).isNull();
        assertThat(b.cache.getIfPresent("x")).isNull();
        assertThat(cluster.remote("x")).isNull();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, "x")).isNull();
        a.wire.releaseMessages();
        assertThat(a.cache.get("x", tagged("new", TAG))).isEqualTo("new");
        assertThat(b.cache.get("x", tagged("never", TAG))).isEqualTo("new");
    }

    /** Of two that happen within one tick of the clocks it isn't known which came first. */
    @Test
    void norIsOneOfTheSameMoment() {
        Hold inLoader = new Hold();
        var load = slowLoad(a, inLoader);
        a.cache.invalidateByTag(TAG);
        inLoader.release();
        assertThat(load.value()).isEqualTo("old");
        a.awaitRest();
        assertThat(a.local("x")).isNull();
        assertThat(cluster.remote("x")).isNull();
    }

    /** The node knows the tag's generation of before, and has not been told that it is over. */
    @Test
    void aLoadThatIsPublishedUnderAGenerationThatIsOverIsNoHit() {
        a.cache.put("known", "value", TAGGED);
        Hold inLoader = new Hold();
        var load = slowLoad(a, inLoader);
        a.wire.holdMessages();
        invalidateByTag(b);
        inLoader.release();
        assertThat(load.value()).isEqualTo("old");
        a.awaitRest();
        assertThat(b.cache.getIfPresent("x")).isNull();
        assertThat(cluster.remote("x")).isNull();
        a.wire.releaseMessages();
        assertThat(a.local("x")).isNull();
        assertThat(a.cache.getIfPresent("x")).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoBeganBeforeGetsItsValueAndWhoBeganAfterwardsDoesNot(boolean withL2) {
        if (!withL2) {
            cluster.server.failAll(true);
        }
        Hold inLoader = new Hold();
        var load = slowLoad(a, inLoader);
        var before = cluster.threads.start(() -> a.cache.get("x", tagged("never", TAG)));
        before.awaitWaiting();
        invalidateByTag(a);
        var after = cluster.threads.start(() -> a.cache.get("x", tagged("new", TAG)));
        after.awaitWaiting();
        inLoader.release();
        assertThat(load.value()).isEqualTo("old");
        assertThat(before.value()).isEqualTo("old");
        assertThat(after.value()).isEqualTo("new");
    }

    /** What joins a load, and is content with it, if no tag of the load was concerned. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInvalidationOfAnotherTagCostsNoLoad(boolean withTags) {
        Hold inLoader = new Hold();
        var load = cluster.threads.start(() -> a.cache.get("x", Loader.withContext(context -> {
            inLoader.arrive();
            return withTags ? Loaded.of("value").tags(TAG) : Loaded.of("value");
        })));
        inLoader.awaitReached();
        a.cache.invalidateByTag("another");
        var after = cluster.threads.start(() -> a.cache.get("x", tagged("never")));
        after.awaitWaiting();
        inLoader.release();
        assertThat(load.value()).isEqualTo("value");
        assertThat(after.value()).isEqualTo("value");
        a.awaitRest();
        assertThat(a.local("x")).isEqualTo("value");
        assertThat(cluster.remote("x")).isEqualTo("value");
        assertThat(loads).hasValue(0);
    }

    /** The value is on its way to L2 when its tag is invalidated. */
    @ParameterizedTest
    @CsvSource({"tag, true", "tag, false", "publish, true", "publish, false"})
    void aValueThatIsBeingPublishedIsRefused(String operation, boolean onSameNode) {
        Wire.Held reply = a.wire.holdReply(operation);
        var load = cluster.threads.start(() -> a.cache.get("x", tagged("old", TAG)));
        reply.awaitReached();
        invalidateByTag(onSameNode ? a : b);
        var after = cluster.threads.start(() -> a.cache.get("x", tagged("new", TAG)));
        after.awaitWaiting();
        reply.release();
        assertThat(load.value()).isEqualTo("old");
        assertThat(after.value()).isEqualTo("new");
        a.awaitRest();
        assertThat(a.local("x")).isEqualTo("new");
        assertThat(cluster.remote("x")).isEqualTo("new");
    }

    /** Every node is to agree on what there is: nothing, once L2 has replaced the old value by one that is refused. */
    @Test
    void norIsTheValueServedAnyLongerWhichItHasReplaced() {
        a.cache.put("x", "old");
        Wire.Held reply = a.wire.holdReply("publish");
        var refresh = cluster.threads.start(
                () -> a.cache.get("x", tagged("new", TAG), CallOptions.none().forceFresh()));
        reply.awaitReached();
        invalidateByTag(b);
        reply.release();
        assertThat(refresh.value()).isEqualTo("new");
        a.awaitRest();
        assertThat(a.local("x")).isNull();
        assertThat(b.local("x")).isNull();
    }

    /** L2 is lost between the invalidation and the end of the load: nothing of the load stays here either. */
    @Test
    void aLoadFromBeforeThatCantBePublishedIsNotKeptHere() {
        Hold inLoader = new Hold();
        var load = slowLoad(a, inLoader);
        invalidateByTag(a);
        cluster.server.failAll(true);
        inLoader.release();
        assertThat(load.value()).isEqualTo("old");
        a.awaitRest();
        assertThat(a.cache.get("x", tagged("new", TAG))).isEqualTo("new");
    }

    @Test
    void norIsOneThatCantBeWritten() {
        var node = cluster.node(options -> options.maxValueSize(10));
        Hold inLoader = new Hold();
        var load = cluster.threads.start(() -> node.cache.get("x", Loader.withContext(context -> {
            inLoader.arrive();
            return Loaded.of("more than ten bytes").tags(TAG);
        })));
        inLoader.awaitReached();
        invalidateByTag(node);
        inLoader.release();
        assertThat(load.value()).isEqualTo("more than ten bytes");
        node.awaitRest();
        assertThat(node.local("x")).isNull();
    }

    /** The put's request, or its question for the tag, is under way; either order of the two writes is right. */
    @ParameterizedTest
    @CsvSource({"tag, true", "tag, false", "put, true", "put, false"})
    void aPutAndAnInvalidationHaveOneOrder(String operation, boolean onSameNode) {
        Wire.Held request = a.wire.holdRequest(operation);
        var put = cluster.threads.start(() -> a.cache.put("x", "put", TAGGED));
        request.awaitReached();
        invalidateByTag(onSameNode ? a : b);
        request.release();
        assertThat(put.value()).isEqualTo(WriteResult.EVERYWHERE);
        a.awaitRest();
        assertThat(a.cache.getIfPresent("x")).isEqualTo(cluster.remote("x"));
        assertThat(b.cache.getIfPresent("x")).isEqualTo(cluster.remote("x"));
        // A put that found the generation of before was the first of the two.
        assertThat(cluster.remote("x")).isEqualTo(operation.equals("put") ? null : "put");
    }

    /** The message of one's own invalidation comes after its reply, in the midst of the next question. */
    @Test
    void aLateEchoDoesNotKeepThePutThatFollowsFromL2() {
        a.wire.holdMessages();
        invalidateByTag(a);
        Wire.Held question = a.wire.holdReply("tag");
        var put = cluster.threads.start(() -> a.cache.put("x", "new", TAGGED));
        question.awaitReached();
        a.wire.releaseMessages();
        question.release();
        assertThat(put.value()).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(a.local("x")).isEqualTo("new");
        assertThat(cluster.remote("x")).isEqualTo("new");
    }

    /** And what was asked for before a claim may have been answered after it. */
    @Test
    void anAnswerThatCameDuringALoadDoesNotVouchForIt() {
        b.cache.put("other", "value", TAGGED);
        Wire.Held question = a.wire.holdRequest("tag");
        var reader = cluster.threads.start(() -> a.cache.getIfPresent("other"));
        question.awaitReached();
        cluster.time.pass(Duration.ofMillis(1));
        Hold inLoader = new Hold();
        var load = cluster.threads.start(() -> a.cache.get("k", Loader.withContext(context -> {
            inLoader.arriveInterruptibly();
            return Loaded.of("old").tags(TAG);
        })));
        inLoader.awaitReached();
        cluster.time.pass(Duration.ofMillis(1));
        a.wire.holdMessages();
        invalidateByTag(b);
        question.release();
        assertThat(reader.value()).isNull();
        inLoader.release();
        assertThat(load.value()).isEqualTo("old");
        a.awaitRest();
        a.wire.releaseMessages();
        assertThat(a.cache.get("k", tagged("new", TAG))).isEqualTo("new");
        assertThat(b.cache.get("k", tagged("new", TAG))).isEqualTo("new");
    }

    @Test
    void norDoesItTakeAwayWhatCameAfterTheInvalidation() {
        a.cache.put("x", "old", TAGGED);
        a.wire.holdMessages();
        invalidateByTag(a);
        a.cache.put("x", "new", TAGGED);
        a.wire.releaseMessages();
        assertThat(a.local("x")).isEqualTo("new");
    }

    @Test
    void norTheLoadThatFollows() {
        a.wire.holdMessages();
        invalidateByTag(a);
        Wire.Held question = a.wire.holdReply("tag");
        var load = cluster.threads.start(() -> a.cache.get("x", tagged("new", TAG)));
        question.awaitReached();
        a.wire.releaseMessages();
        question.release();
        load.value();
        a.awaitRest();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, "x")).isNull();
        assertThat(cluster.remote("x")).isEqualTo("new");
        assertThat(a.local("x")).isEqualTo("new");
    }

    /** A waiter here, a load there, an invalidation in between by a third. */
    @Test
    void whoWaitsForAnotherNodesLoadFromBeforeGetsANewerOne() {
        var c = cluster.node();
        Hold inLoader = new Hold();
        slowLoad(b, inLoader);
        invalidateByTag(c);
        var after = cluster.threads.start(() -> c.cache.get("x", tagged("new", TAG)));
        after.awaitWaiting();
        inLoader.release();
        assertThat(after.value()).isEqualTo("new");
        c.awaitRest();
        assertThat(cluster.remote("x")).isEqualTo("new");
    }

    @Test
    void notModifiedDropsTagsThatAreNotNamedAnew() {
        var node = cluster.node(options -> options.staleOnError(TestCluster.TTL));
        node.cache.put("x", "value", TAGGED);
        node.cache.put("y", "value", TAGGED);
        node.cache.expire("x");
        node.cache.expire("y");
        node.cache.get("x", Loader.withContext(context -> Loaded.notModified()));
        node.cache.get(
                "y", Loader.withContext(context -> Loaded.<String>notModified().tags(TAG)));
        node.awaitRest();
        invalidateByTag(node);
        assertThat(node.local("x")).isEqualTo("value");
        assertThat(cluster.remote("x")).isEqualTo("value");
        assertThat(node.local("y")).isNull();
        assertThat(cluster.remote("y")).isNull();
    }

    // ---- L2 in trouble --------------------------------------------------------------------------------------------

    private void recover(TestCluster.Node... nodes) {
        cluster.server.failAll(false);
        cluster.time.pass(Duration.ofSeconds(3));
        for (TestCluster.Node node : nodes) {
            Threads.until(() -> assertThat(node.cache.isTroubled()).isFalse());
        }
    }

    @Test
    void withoutL2ItCountsHereAtOnceAndElsewhereLater() {
        a.cache.put("x", "old", TAGGED);
        b.cache.getIfPresent("x");
        cluster.server.failAll(true);
        a.cache.put("alone", "old", TAGGED);
        assertThat(invalidateByTag(a)).isEqualTo(WriteResult.QUEUED);
        assertThat(a.cache.getIfPresent("x")).isNull();
        assertThat(a.cache.getIfPresent("alone")).isNull();
        assertThat(b.cache.getIfPresent("x")).isEqualTo("old");
        recover(a, b);
        assertThat(cluster.remote("x")).isNull();
        assertThat(b.cache.getIfPresent("x")).isNull();
        assertThat(a.cache.get("x", tagged("new", TAG))).isEqualTo("new");
        assertThat(b.cache.get("x", tagged("never", TAG))).isEqualTo("new");
    }

    /** L2 is back, and has not been told yet. */
    @Test
    void untilL2HasBeenToldWhatItHoldsWithTheTagIsNotRead() {
        b.cache.put("x", "old", TAGGED);
        cluster.server.failAll(true);
        invalidateByTag(a);
        cluster.server.failAll(false);
        assertThat(a.cache.getIfPresent("x")).isNull();
        assertThat(a.cache.get("x", tagged("new", TAG))).isEqualTo("new");
    }

    /** L2 is back before it has been told, and calls the tag's generation of before the current one. */
    @Test
    void untilThenALoadFromBeforeIsStoredNowhereEither() {
        Hold inLoader = new Hold();
        var load = slowLoad(a, inLoader);
        cluster.server.failAll(true);
        assertThat(invalidateByTag(a)).isEqualTo(WriteResult.QUEUED);
        cluster.server.failAll(false);
        inLoader.release();
        assertThat(load.value()).isEqualTo("old");
        a.awaitRest();
        assertThat(a.local("x")).isNull();
        assertThat(cluster.remote("x")).isNull();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, "x")).isNull();
    }

    /** The invalidation timed out while all else went well; L2 is told a little later, and the echo of that is late. */
    @Test
    void whatWasLearnedOfTheTagBeforeL2WasToldIsOver() {
        b.cache.put("x", "old", TAGGED);
        Wire.Held lost = a.wire.holdRequest("invalidateTag");
        var queued = cluster.threads.start(() -> a.cache.invalidateByTag(TAG));
        lost.awaitReached();
        cluster.server.failAll(true);
        cluster.time.pass(Duration.ofMillis(100));
        a.cache.getIfPresent("any");
        recoverWithin(Duration.ofMillis(300));
        cluster.time.pass(Duration.ofMillis(100));
        assertThat(queued.value()).isEqualTo(WriteResult.QUEUED);
        a.wire.holdMessages();
        a.cache.put("y", "later", TAGGED);
        cluster.time.pass(Duration.ofSeconds(11));
        assertThat(cluster.server.count("invalidateTag")).isOne();
        assertThat(a.cache.getIfPresent("x")).isNull();
    }

    private void recoverWithin(Duration time) {
        cluster.server.failAll(false);
        cluster.time.pass(time);
        assertThat(a.cache.isTroubled()).isFalse();
    }

    @Test
    void aPutWithoutL2IsServedHere() {
        cluster.server.failAll(true);
        invalidateByTag(a);
        a.cache.put("x", "new", TAGGED);
        assertThat(a.cache.getIfPresent("x")).isEqualTo("new");
        invalidateByTag(a);
        assertThat(a.cache.getIfPresent("x")).isNull();
    }

    @Test
    void afterLostMessagesL2IsAskedFirst() {
        a.cache.put("x", "old", TAGGED);
        a.cache.put("y", "stays", CallOptions.none().tags("another"));
        b.cache.getIfPresent("x");
        b.cache.getIfPresent("y");
        cluster.server.disconnectBus();
        invalidateByTag(a);
        cluster.server.reconnectBus();
        assertThat(b.local("x")).isNull();
        assertThat(b.cache.getIfPresent("x")).isNull();
        assertThat(b.cache.getIfPresent("y")).isEqualTo("stays");
        assertThat(b.local("y")).isEqualTo("stays");
    }

    @Test
    void aLostGenerationMakesMissesAndNoStaleHits() {
        a.cache.put("x", "old", TAGGED);
        invalidateByTag(a);
        cluster.server.loseTag(TestCluster.NAME, TAG);
        assertThat(cluster.remote("x")).isNull();
        a.cache.put("y", "value", TAGGED);
        cluster.server.loseTag(TestCluster.NAME, TAG);
        assertThat(cluster.remote("y")).isNull();
        assertThat(cluster.remote("x")).isNull();
        assertThat(b.cache.get("y", tagged("new", TAG))).isEqualTo("new");
        b.awaitRest();
        assertThat(cluster.remote("y")).isEqualTo("new");
        assertThat(a.cache.getIfPresent("y")).isEqualTo("new");
    }

    // ---- two at a time --------------------------------------------------------------------------------------------

    /** Whatever comes first to whom: message or reply. */
    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void twoThatInvalidateTheSameTagAgreeAfterwards(boolean aFirst, boolean messagesFirst) {
        a.cache.put("x", "old", TAGGED);
        b.cache.getIfPresent("x");
        Wire.Held replyToA = a.wire.holdReply("invalidateTag");
        a.wire.holdMessages();
        b.wire.holdMessages();
        if (!aFirst) {
            invalidateByTag(b);
        }
        var late = cluster.threads.start(() -> invalidateByTag(a));
        replyToA.awaitReached();
        if (aFirst) {
            invalidateByTag(b);
        }
        cluster.time.pass(Duration.ofMillis(1));
        b.cache.get("x", tagged("new", TAG));
        b.awaitRest();
        if (messagesFirst) {
            a.wire.releaseMessages();
            replyToA.release();
            late.value();
        } else {
            replyToA.release();
            late.value();
            a.wire.releaseMessages();
        }
        b.wire.releaseMessages();
        assertThat(cluster.remote("x")).isEqualTo("new");
        assertThat(a.cache.getIfPresent("x")).isEqualTo("new");
        assertThat(b.cache.getIfPresent("x")).isEqualTo("new");
        assertThat(a.local("x")).isEqualTo("new");
        assertThat(b.local("x")).isEqualTo("new");
    }

    // ---- memory ---------------------------------------------------------------------------------------------------

    @Test
    void aTagThatNoEntryCarriesIsForgotten() {
        Tags tags = a.cache.flights().tags;
        a.cache.put("x", "value", TAGGED);
        assertThat(tags.find(TAG)).isNotNull();
        Threads.until(() -> {
            System.gc();
            assertThat(a.local("x")).isEqualTo("value");
        });
        assertThat(tags.find(TAG)).isNotNull();
        a.cache.put("x", "untagged");
        Threads.until(() -> {
            System.gc();
            assertThat(tags.find(TAG)).isNull();
        });
    }
}
