package io.stampede.spring.readme;

import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.stereotype.Service;

@Service
public class ProductService {

    private final ProductRepository repository;

    ProductService(ProductRepository repository) {
        this.repository = repository;
    }

    @Cacheable("products")
    public Product find(long id) {
        return repository.read(id);
    }

    @CacheEvict(cacheNames = "products", key = "#product.id")
    public void save(Product product) {
        repository.write(product);
    }
}
