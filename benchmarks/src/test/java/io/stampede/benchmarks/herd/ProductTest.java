package io.stampede.benchmarks.herd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProductTest {

    @Test
    void isTheSameAfterItsTimeInACache() {
        Product product = new Product(1, 2, 3, "a|b");

        assertThat(Product.decode(product.encoded())).isEqualTo(product);
    }
}
