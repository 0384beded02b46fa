package io.stampede.spring.shop;

import java.util.List;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A small application: web endpoints over a database, with the starter and {@code @EnableCaching}, and no more. */
@SpringBootConfiguration
@EnableAutoConfiguration
@EnableCaching
@Import(Products.class)
@RestController
public class Shop {

    private final Products products;

    Shop(Products products) {
        this.products = products;
    }

    @GetMapping("/products/{id}")
    Product product(@PathVariable long id) {
        return products.find(id);
    }

    @GetMapping("/cheap/{id}")
    Product cheap(@PathVariable long id) {
        return products.findCheap(id);
    }

    @GetMapping("/reactive/{id}")
    Mono<Product> reactive(@PathVariable long id) {
        return products.findReactively(id);
    }

    @GetMapping("/products")
    List<Product> all() {
        return products.all();
    }

    @PutMapping("/products/{id}/price")
    void reprice(@PathVariable long id, @RequestBody String price) {
        products.reprice(id, Integer.parseInt(price));
    }
}
