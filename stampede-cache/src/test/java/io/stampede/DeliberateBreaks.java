package io.stampede;

import java.util.List;
import java.util.stream.Stream;

/** What can be done wrong here, one mistake at a time; each is found by {@link SimulationTeethTest}. */
final class DeliberateBreaks {

    private static final String TIER = "src/test/java/io/stampede/testing/InMemoryTier.java";
    private static final String STORE = "src/test/java/io/stampede/testing/InMemoryStore.java";
    private static final String LEASE = "src/main/java/io/stampede/Lease.java";
    private static final String MISS_FLIGHT = "src/main/java/io/stampede/MissFlight.java";
    private static final String WRITE = "src/main/java/io/stampede/Write.java";
    private static final String FRESHNESS = "src/main/java/io/stampede/Freshness.java";
    private static final String LOADS = "src/main/java/io/stampede/Loads.java";
    private static final String REMOTE = "src/main/java/io/stampede/Remote.java";
    private static final String ENTRY = "src/main/java/io/stampede/Entry.java";
    private static final String PERMITS = "src/main/java/io/stampede/Permits.java";
    private static final String LOAD = "src/main/java/io/stampede/Load.java";
    private static final String CALLERS = "src/main/java/io/stampede/Callers.java";
    private static final String BACKOFF = "src/main/java/io/stampede/Backoff.java";
    private static final String CALLER = "src/main/java/io/stampede/Caller.java";
    private static final String FLIGHTS = "src/main/java/io/stampede/Flights.java";
    private static final String BATCH = "src/main/java/io/stampede/Batch.java";
    private static final String WRITES = "src/main/java/io/stampede/Writes.java";
    private static final String PUT_FLIGHT = "src/main/java/io/stampede/PutFlight.java";
    private static final String BUS_LISTENER = "src/main/java/io/stampede/BusListener.java";
    private static final String GENERATIONS = "src/main/java/io/stampede/Generations.java";
    private static final String PUBLISHING = "src/main/java/io/stampede/Publishing.java";
    private static final String TAGS = "src/main/java/io/stampede/Tags.java";
    private static final String TAG_ERA = "src/main/java/io/stampede/TagEra.java";
    private static final String HEARTBEAT = "src/main/java/io/stampede/Heartbeat.java";
    private static final String SERVER_CLOCK = "src/main/java/io/stampede/ServerClock.java";
    private static final String PART_HEARING = "src/main/java/io/stampede/PartHearing.java";
    private static final String REMOTE_GATE = "src/main/java/io/stampede/RemoteGate.java";

    /** No mistake. */
    static final DeliberateBreak NONE =
            new DeliberateBreak("nothing is wrong", MISS_FLIGHT, "private enum Phase {", "private enum Phase {", 1);

    /** P1, P2: the right to rebuild. */
    private static final List<DeliberateBreak> LEASES = List.of(
            new DeliberateBreak(
                    "no fence on publish", TIER, "if (!lease.equals(store.lease(slot(key)))) {", "if (false) {", 130),
            new DeliberateBreak(
                    "a put revokes no lease",
                    TIER,
                    "Token revoked = store.removeLease(slot(key));",
                    "Token revoked = kind == Kind.PUT ? Token.NONE : store.removeLease(slot(key));",
                    390),
            new DeliberateBreak(
                    "an invalidation revokes no lease",
                    TIER,
                    "Token revoked = store.removeLease(slot(key));",
                    "Token revoked = kind == Kind.INVALIDATED ? Token.NONE : store.removeLease(slot(key));",
                    180),
            new DeliberateBreak(
                    "an expiry revokes no lease",
                    TIER,
                    "Token revoked = store.removeLease(slot(key));",
                    "Token revoked = kind == Kind.EXPIRED ? Token.NONE : store.removeLease(slot(key));",
                    300),
            new DeliberateBreak(
                    "a lease without TTL",
                    STORE,
                    "leases.put(slot, expiring(lease, 0, ttlMillis));",
                    "leases.put(slot, expiring(lease, 0, 86_400_000));",
                    410),
            new DeliberateBreak(
                    "a lease is not renewed",
                    LEASE,
                    "timer = environment.schedule(() -> renew(onLost), ttlNanos / 3);",
                    "timer = LocalTier.NOTHING;",
                    160),
            new DeliberateBreak(
                    "a revoked lease can be renewed",
                    TIER,
                    "boolean held = lease.equals(store.lease(slot(key)));",
                    "boolean held = store.lease(slot(key)) == null || lease.equals(store.lease(slot(key)));",
                    11_500),
            new DeliberateBreak(
                    "a node releases the lease that it has to wait for",
                    MISS_FLIGHT,
                    "} else if (answer instanceof Claim.Held someoneElse) {",
                    "} else if (answer instanceof Claim.Held someoneElse) { "
                            + "remote().gate.release(remoteKey(), someoneElse.holder(), "
                            + "LoadOutcome.ABANDONED);",
                    30),
            new DeliberateBreak(
                    "a claim is granted though the key has a lease",
                    TIER,
                    "if (holder != null && !holder.equals(lease)) {",
                    "if (false) {",
                    30),
            new DeliberateBreak(
                    "a claim is granted though there is a newer value",
                    TIER,
                    "if (entry != null && entry.length > 0 && !Arrays.equals(stamp(entry), seen)) {",
                    "if (false) {",
                    30),
            new DeliberateBreak(
                    "a write without the very lease ends nothing",
                    WRITE,
                    "return revoked.equals(lease) || serverMicros >= grantedMicros;",
                    "return revoked.equals(lease);",
                    420),
            new DeliberateBreak(
                    "three loads of a key",
                    MISS_FLIGHT,
                    "private static final int MAX_RUNNING = 2;",
                    "private static final int MAX_RUNNING = 3;",
                    120),
            new DeliberateBreak(
                    "a push does not end a wait",
                    MISS_FLIGHT,
                    "case WAITING -> held == null || write.serverMicros() >= held.serverMicros();",
                    "case WAITING -> false;",
                    100),
            new DeliberateBreak(
                    "who waits is not told what was pushed before the claim's reply",
                    MISS_FLIGHT,
                    "BusMessage release = lastRelease;",
                    "BusMessage release = null;",
                    34_500));

    /** P2, P3: values that are rebuilt early, and how long they live. */
    private static final List<DeliberateBreak> EARLY = List.of(
            new DeliberateBreak(
                    "an early refresh without the version seen",
                    MISS_FLIGHT,
                    "claim(slot, Envelope.stamp(old.version()), false)",
                    "claim(slot, Envelope.NO_STAMP, false)",
                    40),
            new DeliberateBreak(
                    "an early refresh in the first half of a life",
                    FRESHNESS,
                    "return rest < LARGEST_DRAW * beta * delta && rest < lifetime / 2;",
                    "return rest < LARGEST_DRAW * beta * delta;",
                    100),
            new DeliberateBreak(
                    "an early refresh that fails puts the key into backoff",
                    LOADS,
                    "return isFresh(known) ? failingEarly : failing;",
                    "return failing;",
                    2500),
            new DeliberateBreak(
                    "each reader draws its own jitter",
                    REMOTE,
                    "long freshUntil = clock.nanosAt(header.freshUntil(), now);",
                    "long freshUntil = clock.nanosAt(header.freshUntil(), now) - "
                            + "environment.random().nextInt(20_000_000);",
                    30),
            new DeliberateBreak(
                    "nulls live as long as values",
                    LOADS,
                    "? settings.freshness().negativeTtl() : settings.freshness().ttl();",
                    "? settings.freshness().ttl() : settings.freshness().ttl();",
                    30),
            new DeliberateBreak(
                    "a null in L1 never ends",
                    ENTRY,
                    "&& localUntil() - now > 0 && !isRefused();",
                    "&& (value == null || localUntil() - now > 0) && !isRefused();",
                    90),
            new DeliberateBreak(
                    "a confirmed value lives twice as long",
                    LOADS,
                    "long ttl = usual == 0 ? 0 : Durations.nanosOr(itsTtl, usual);",
                    "long ttl = (loaded.isNotModified() ? 2 : 1) * (usual == 0 ? 0 : "
                            + "Durations.nanosOr(itsTtl, usual));",
                    60),
            new DeliberateBreak("one load too many", PERMITS, "if (taken < most) {", "if (taken <= most) {", 50),
            new DeliberateBreak(
                    "permits of failed loads are not given back",
                    LOAD,
                    "if (hasPermit) { flights.loads.permits.giveBack(); }",
                    "if (hasPermit && fresh != null) { flights.loads.permits.giveBack(); }",
                    30),
            new DeliberateBreak(
                    "an overdue load gives its permit back",
                    LOAD,
                    "ending.run(); stop();",
                    "ending.run(); stop(); if (hasPermit) { flights.loads.permits.giveBack(); }",
                    90));

    /** P4, P10, P11, P14: loads that fail, are late or are not there. */
    private static final List<DeliberateBreak> FAILURES = List.of(
            new DeliberateBreak(
                    "a failed load is run again by the next who waits",
                    CALLERS,
                    "Runnable failAll(Failure failure, @Nullable Entry<V> stale) { List<Caller<K, "
                            + "V>> all = takeAll(); return () -> all.forEach(caller -> caller.fail(failure, "
                            + "stale));",
                    "Runnable failAll(Failure failure, @Nullable Entry<V> stale) { Caller<K, V> "
                            + "first = waiting.isEmpty() ? null : waiting.get(0); Runnable again = "
                            + "enterAgain(take(caller -> caller != first)); List<Caller<K, V>> all = "
                            + "takeAll(); return () -> { all.forEach(caller -> caller.fail(failure, stale)); "
                            + "again.run(); };",
                    750),
            new DeliberateBreak(
                    "no pause after a failure",
                    BACKOFF,
                    "return pause != null && pause.until - environment.nanoTime() > 0 ? pause : null;",
                    "return null;",
                    270),
            new DeliberateBreak(
                    "an answer of the source counts as an outage",
                    MISS_FLIGHT,
                    "boolean isReason = failure.isOutage() || (isEarly && isStillFresh);",
                    "boolean isReason = true;",
                    170),
            new DeliberateBreak(
                    "a load that is rejected counts as failed",
                    MISS_FLIGHT,
                    "if (failure.isRejected()) { return LoadOutcome.ABANDONED; }",
                    "if (false) { return LoadOutcome.ABANDONED; }",
                    350),
            new DeliberateBreak(
                    "a failure comes before a stale value",
                    CALLER,
                    "} else if (instead != null && accepts(instead, flights.settings.freshness().staleOnError())) {",
                    "} else if (false) {",
                    1500),
            new DeliberateBreak(
                    "stale values are served and nobody loads",
                    FLIGHTS,
                    "pause != null ? LocalTier.NOTHING : rebuild(slot, joinable ? flight : null, "
                            + "caller, era, found);",
                    "LocalTier.NOTHING;",
                    540),
            new DeliberateBreak(
                    "no deadline",
                    LOAD,
                    "deadline = flights.environment.schedule( this::deadlinePassed, "
                            + "flights.settings.timeouts().deadline());",
                    "deadline = LocalTier.NOTHING;",
                    120),
            new DeliberateBreak(
                    "the deadline does not answer the waiters", LOAD, "ending.run(); stop();", "stop();", 220),
            new DeliberateBreak(
                    "the value of an overdue load goes into L1",
                    LOAD,
                    "outcome = () -> answerOwn(fresh, failure);",
                    "outcome = () -> answerOwn(fresh, failure); if (fresh != null && "
                            + "fresh.isKept()) { flights.local.write(caller.key, "
                            + "flights.entryOfThisNode(fresh, flights.local.era())); }",
                    430),
            new DeliberateBreak(
                    "a caller's hardTimeout ends the load of all",
                    CALLER,
                    "fail(Failure.timeout(new LoadTimeoutException(message, null)), served);",
                    "fail(Failure.timeout(new LoadTimeoutException(message, null)), served); "
                            + "flights.local.change(key, slot -> slot.current == null ? LocalTier.NOTHING : "
                            + "slot.current.supersede(slot));",
                    500),
            new DeliberateBreak(
                    "hardTimeout is ignored",
                    CALLER,
                    "stopWhenDone(timeouts.hasHard(), timeouts.hard(), this::hardTimeout);",
                    "stopWhenDone(timeouts.hasHard(), timeouts.deadline(), this::hardTimeout);",
                    150),
            new DeliberateBreak(
                    "a bulk load stores what nobody has asked for",
                    BATCH,
                    "mine.forEach((key, turn) -> { if (thrown == null) {",
                    "loaded.forEach((key, value) -> { if (!mine.containsKey(key) && value.value() "
                            + "!= null) { flights.local.change(key, slot -> { flights.local.write(key, "
                            + "flights.entryOfThisNode(flights.loads.put(value.value(), CallOptions.none(), "
                            + "flights.environment.nanoTime()), flights.local.era())); return "
                            + "LocalTier.NOTHING; }); } }); mine.forEach((key, turn) -> { if (thrown == "
                            + "null) {",
                    300),
            new DeliberateBreak(
                    "a bulk load waits for the loads of others first",
                    CALLER,
                    "if (batch != null) { batch.decided(this); }",
                    "if (batch == null) { executor.hashCode(); }",
                    3500));

    /** P5, P6: what a write has overtaken. */
    private static final List<DeliberateBreak> OVERTAKEN = List.of(
            new DeliberateBreak(
                    "a loaded value goes into L1 whatever has overtaken its flight",
                    MISS_FLIGHT,
                    "if (isAttached(slot)) { if (usable) { local().write(key, "
                            + "Objects.requireNonNull(entry)); } else if (accepted) {",
                    "if (usable) { local().write(key, Objects.requireNonNull(entry)); } if "
                            + "(isAttached(slot)) { if (accepted && !usable) {",
                    2500),
            new DeliberateBreak(
                    "a value read from L2 goes into L1 whatever has overtaken its flight",
                    MISS_FLIGHT,
                    "if (isAttached(slot)) { local().write(key, entry); slot.current = null; flights.loads",
                    "local().write(key, entry); if (isAttached(slot)) { slot.current = null; flights.loads",
                    70),
            new DeliberateBreak(
                    "a refresh joins an older flight",
                    FLIGHTS,
                    "if (joinable && flight != null && (!caller.force() || flight.refreshesFor(caller))) {",
                    "if (joinable && flight != null) {",
                    40),
            new DeliberateBreak(
                    "a push does not end a read of L2",
                    MISS_FLIGHT,
                    "case LOOKING, CLAIMING -> true;",
                    "case LOOKING, CLAIMING -> false;",
                    70),
            new DeliberateBreak(
                    "a push does not end a look",
                    MISS_FLIGHT,
                    "case LOOKING, CLAIMING -> true;",
                    "case LOOKING, CLAIMING -> callers.nextLoader() != null;",
                    2000),
            new DeliberateBreak(
                    "a push does not end a load",
                    MISS_FLIGHT,
                    "case QUEUED, LOADING, PUBLISHING -> lease == null || isPublished || lease.isEndedBy(write);",
                    "case QUEUED, LOADING, PUBLISHING -> false;",
                    30),
            new DeliberateBreak(
                    "a node's own write does not end its load",
                    WRITES,
                    "flights.heard(key, Write.of(kind, Token.NONE, receipt));",
                    "receipt.applied();",
                    30),
            new DeliberateBreak(
                    "a write without L2 does not count at once",
                    WRITES,
                    "flights.heard(key, Write.unordered(kind)); return WriteResult.QUEUED;",
                    "return WriteResult.QUEUED;",
                    620),
            new DeliberateBreak(
                    "an expiry elsewhere leaves L1 as it is",
                    FLIGHTS,
                    "case EXPIRED -> local.makeStale(key);",
                    "case EXPIRED -> {}",
                    30),
            new DeliberateBreak(
                    "a put elsewhere leaves L1 as it is",
                    FLIGHTS,
                    "local.evictUnless(key, write.version());",
                    "java.util.Objects.requireNonNull(write.version());",
                    30),
            new DeliberateBreak(
                    "an expiry leaves L2 as it is", TIER, "store.expireEntry(slot(key));", "store.now();", 30),
            new DeliberateBreak(
                    "a put lands over what has overtaken it",
                    PUT_FLIGHT,
                    "Runnable hear(Slot<K, V> slot, Write write) { return supersede(slot);",
                    "Runnable hear(Slot<K, V> slot, Write write) { return LocalTier.NOTHING;",
                    30_000),
            new DeliberateBreak(
                    "a write leaves the flight what it was to replace",
                    MISS_FLIGHT,
                    "known = null; // the load has seen the write, but what it is to replace has not",
                    "known.version();",
                    30_000),
            new DeliberateBreak(
                    "what was joined across eras counts as sure",
                    MISS_FLIGHT,
                    "caller.patient = true;",
                    "caller.patient = caller.patient;",
                    80),
            new DeliberateBreak(
                    "who joined in doubt is told before L2 has accepted",
                    CALLERS,
                    "return answer(take(caller -> !caller.patient), answer, loading);",
                    "return answer(takeAll(), answer, loading);",
                    200),
            new DeliberateBreak(
                    "who joined in doubt is told what L2 has refused",
                    MISS_FLIGHT,
                    "Runnable again = accepted && usable ? LocalTier.NOTHING : callers.doubtfulEnterAgain(null);",
                    "Runnable again = LocalTier.NOTHING;",
                    120));

    /** P5, P6: clears and tags. */
    private static final List<DeliberateBreak> WIDE = List.of(
            new DeliberateBreak(
                    "the generation of what L2 holds is not checked",
                    REMOTE,
                    "if (!generation.equals(era.generation)) {",
                    "if (false) {",
                    50),
            new DeliberateBreak(
                    "a clear elsewhere is not heard",
                    BUS_LISTENER,
                    "case CLEARED -> generations.heard(message);",
                    "case CLEARED -> {}",
                    60),
            new DeliberateBreak(
                    "a clear does not end flights",
                    FLIGHTS,
                    "if (local.moveTo(generation)) { endFlights(); }",
                    "local.moveTo(generation);",
                    1500),
            new DeliberateBreak(
                    "a clear is not queued while L2 is away",
                    GENERATIONS,
                    "remote.outbox.addClear(notBefore);",
                    "java.util.Objects.requireNonNull(remote);",
                    15_000),
            new DeliberateBreak(
                    "a tag invalidation is not queued while L2 is away",
                    WRITES,
                    "remember(remote, Item.tag(tag), flights.environment.nanoTime());",
                    "remote.gate.tellTrouble();",
                    6500),
            new DeliberateBreak(
                    "the loads of tags are not compared with invalidations heard of",
                    MISS_FLIGHT,
                    "return !tagged || tagEpoch == flights.tags.epoch();",
                    "return true;",
                    5500),
            new DeliberateBreak(
                    "the answer to an old question moves the generation back",
                    GENERATIONS,
                    "if (!remote.outbox.awaitsClear() && flights.local.era().sameGeneration(before)) {",
                    "if (!remote.outbox.awaitsClear()) {",
                    7500),
            new DeliberateBreak(
                    "tags are not looked at on a hit",
                    ENTRY,
                    "&& localUntil() - now > 0 && !isRefused();",
                    "&& localUntil() - now > 0;",
                    60),
            new DeliberateBreak(
                    "the generation of a tag in L2 is not checked",
                    REMOTE,
                    "if (tagEra == null || !tagEra.generation.equals(tag.getValue())) {",
                    "if (tagEra == null) {",
                    50),
            new DeliberateBreak(
                    "a tag invalidation elsewhere is not heard",
                    BUS_LISTENER,
                    "case TAG_INVALIDATED -> flights.tags.invalidated(message.key(), message.token());",
                    "case TAG_INVALIDATED -> {}",
                    50),
            new DeliberateBreak(
                    "a tag that was invalidated during the load does not matter",
                    PUBLISHING,
                    "} else if (tags.values().stream().allMatch(lease::covers)) {",
                    "} else if (true) {",
                    70),
            new DeliberateBreak(
                    "what L2 said of a tag before its invalidation is believed",
                    TAGS,
                    "epoch++; asking.remove(tag);",
                    "epoch++;",
                    3500),
            new DeliberateBreak(
                    "tags are beyond doubt whatever was missed",
                    TAGS,
                    "known.values().forEach(era -> era.doubt(true));",
                    "known.size();",
                    30_000),
            new DeliberateBreak(
                    "the tags that a loader gives are dropped",
                    LOADS,
                    "tags.addAll(loaded.tags());",
                    "tags.size();",
                    40),
            new DeliberateBreak(
                    "the clocks of two parts are compared",
                    TAG_ERA,
                    "(claimedIn == part ? sinceMicros < grantedMicros : startedBy - claimedAt < 0)",
                    "(sinceMicros < grantedMicros)",
                    320));

    /** P7, P12: while L2 is away, and after that. */
    private static final List<DeliberateBreak> AWAY = List.of(
            new DeliberateBreak(
                    "nothing is queued while L2 is away",
                    WRITES,
                    "if (!remote.outbox.add(item, notBefore)) {",
                    "if (false) {",
                    600),
            new DeliberateBreak(
                    "the outbox is emptied without a word",
                    HEARTBEAT,
                    "return remote.gate.invalidate(item.name());",
                    "return CompletableFuture.completedFuture(null);",
                    630),
            new DeliberateBreak(
                    "what waits to be told is read from L2",
                    REMOTE,
                    "return outbox.holds(key) || mayNotKnowOf(Item.key(key));",
                    "return mayNotKnowOf(Item.key(key));",
                    1500),
            new DeliberateBreak(
                    "a put that has failed is sent again later",
                    WRITES,
                    "landPutAlone(key, flight, fresh);",
                    "landPutAlone(key, flight, fresh); if (fresh.tags().isEmpty()) { "
                            + "flights.environment.schedule(() -> remote.gate.put(remote.gate.newBudget(), "
                            + "remoteKey, () -> remote.write(flights.environment.newToken(), remoteKey, "
                            + "payload, fresh, java.util.Map.of(), local.era()).stored()), 500_000_000L); }",
                    270),
            new DeliberateBreak(
                    "entries of earlier eras are served as fresh",
                    ENTRY,
                    "return era == current && current.isTrusted(now)",
                    "return era.sameGeneration(current) && current.isTrusted(now)",
                    2500),
            new DeliberateBreak(
                    "what is loaded without L2 is beyond doubt",
                    MISS_FLIGHT,
                    "? era : Era.alone(era.generation, flights.environment.nanoTime());",
                    "? era : local().era();",
                    3000),
            new DeliberateBreak(
                    "suspect entries are served though L2 answers",
                    FLIGHTS,
                    "return remote != null && remote.isTroubled() && found.isFresh(now)",
                    "return remote != null && found.isFresh(now)",
                    40));

    /** P8, P9: clocks, and what has grown old. */
    private static final List<DeliberateBreak> TIME = List.of(
            new DeliberateBreak(
                    "the clock of the node in the place of the store's",
                    SERVER_CLOCK,
                    "return floorMicros(nanos) + rangeAt(nanos).low;",
                    "return floorMicros(nanos);",
                    30),
            new DeliberateBreak(
                    "freshness is rounded late",
                    SERVER_CLOCK,
                    "long latest = latestMicros(nowNanos);",
                    "long latest = earliestMicros(nowNanos) - 50_000;",
                    30),
            new DeliberateBreak(
                    "one clock for all parts of L2",
                    REMOTE_GATE,
                    "return clocks[part(name)];",
                    "return clocks[0];",
                    50),
            new DeliberateBreak(
                    "what was learned of the clock never grows old",
                    SERVER_CLOCK,
                    "long drift = Math.abs(thenMicros - learnedAtMicros) / DRIFT_DIVISOR;",
                    "long drift = 0;",
                    30),
            new DeliberateBreak(
                    "a value is as young as its publish",
                    REMOTE,
                    "long since = gate.clock(remoteKey).earliestMicros(fresh.since());",
                    "long since = gate.clock(remoteKey).earliestMicros(environment.nanoTime());",
                    30),
            new DeliberateBreak(
                    "localTtl outlives the value",
                    REMOTE,
                    "return localTtl == Long.MAX_VALUE || asked - life.freshUntil() > 0 ? "
                            + "life.freshUntil() : asked;",
                    "return localTtl == Long.MAX_VALUE ? life.freshUntil() : asked;",
                    110),
            new DeliberateBreak(
                    "localTtl is ignored",
                    REMOTE,
                    "return localTtl == Long.MAX_VALUE || asked - life.freshUntil() > 0 ? "
                            + "life.freshUntil() : asked;",
                    "return life.freshUntil();",
                    190),
            new DeliberateBreak(
                    "a stale value is served as fresh",
                    FLIGHTS,
                    "if (found != null && asksL1 && found.isHit(era, now)) {",
                    "if (found != null && asksL1 && found.era == era) {",
                    30),
            new DeliberateBreak(
                    "a stale value from L2 is served as fresh",
                    MISS_FLIGHT,
                    "if (entry != null && entry.isFresh(now) && !entry.isRefused()) {",
                    "if (entry != null && !entry.isRefused()) {",
                    30),
            new DeliberateBreak(
                    "stale values are served beyond their window",
                    ENTRY,
                    "staleFor >= 0 && staleFor < window && deadAt() - now > 0;",
                    "staleFor >= 0 && deadAt() - now > 0;",
                    30),
            new DeliberateBreak(
                    "dead values are served",
                    ENTRY,
                    "return value != null && staleFor >= 0 && staleFor < window && deadAt() - now > 0;",
                    "return value != null && staleFor >= 0;",
                    30),
            new DeliberateBreak(
                    "maxStale is ignored",
                    CALLER,
                    "&& (most == null || Duration.ofNanos(entry.staleNanos(now)).compareTo(most) < 0);",
                    ";",
                    250),
            new DeliberateBreak(
                    "a refresh is served a stale value",
                    CALLER,
                    "return !options.isForceFresh() && entry",
                    "return entry",
                    2000));

    /** P6, P7, P8: messages that were lost, servers that take over, clocks that were set or stood still. */
    private static final List<DeliberateBreak> UNSTEADY = List.of(
            new DeliberateBreak(
                    "a gap among the messages is ignored",
                    PART_HEARING,
                    "boolean inOrder = last == UNKNOWN "
                            + "? base == UNKNOWN || sequence <= base + 1 "
                            + ": sequence == last + 1;",
                    "boolean inOrder = true;",
                    3_000),
            new DeliberateBreak(
                    "a node obeys the echo of its own write",
                    BUS_LISTENER,
                    "if (!isOwn(message)) { withKey(message, key -> flights.heard(key, Write.of(message))); }",
                    "withKey(message, key -> flights.heard(key, Write.of(message)));",
                    20_000),
            new DeliberateBreak(
                    "a failure is not shared",
                    FLIGHTS,
                    "Runnable pause = own ? LocalTier.NOTHING : loads.failedElsewhere(key, message);",
                    "Runnable pause = LocalTier.NOTHING;",
                    300),
            new DeliberateBreak(
                    "a message teaches nothing of the clock",
                    BUS_LISTENER,
                    "remote.gate.heardTime(part, message.serverMicros());",
                    "",
                    3_000),
            new DeliberateBreak(
                    "times of before a clock was set are compared",
                    TAG_ERA,
                    "return steadySince - claimedAt <= 0 &&",
                    "return true &&",
                    40_000),
            new DeliberateBreak(
                    "an answer during a load vouches for it",
                    TAG_ERA,
                    "learnedAt - claimedAt < 0",
                    "learnedAt - claimedAt < 20_000_000",
                    120),
            new DeliberateBreak(
                    "a write of the moment of a grant leaves its lease",
                    MISS_FLIGHT,
                    "return left == null ? LocalTier.NOTHING : () -> left.giveBack(LoadOutcome.ABANDONED);",
                    "return LocalTier.NOTHING;",
                    30_000),
            new DeliberateBreak(
                    "a server that takes over is believed at once",
                    REMOTE,
                    "return gate.session(part) != provenSessions.get(part) "
                            + "&& acknowledged.holds(item, environment.nanoTime());",
                    "return false;",
                    15_000),
            new DeliberateBreak(
                    "a server that takes over is not told what was acknowledged",
                    HEARTBEAT,
                    "boolean fits = remote.acknowledged.items(now).stream()"
                            + ".allMatch(item -> remote.outbox.add(item, now));",
                    "boolean fits = true;",
                    3_000));

    private DeliberateBreaks() {}

    static Stream<DeliberateBreak> all() {
        return Stream.of(LEASES, EARLY, FAILURES, OVERTAKEN, WIDE, AWAY, TIME, UNSTEADY)
                .flatMap(List::stream);
    }
}
