package io.stampede;

import io.stampede.spi.Environment;
import java.util.random.RandomGenerator;

/** A machine whose dice fall so that a read which may rebuild its value early does so. */
final class EagerMachine extends DelegatingEnvironment {

    EagerMachine(Environment machine) {
        super(machine);
    }

    @Override
    public RandomGenerator random() {
        return () -> -1; // the largest number there is
    }
}
