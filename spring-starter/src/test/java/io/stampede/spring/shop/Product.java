package io.stampede.spring.shop;

/** What the shop sells. */
public record Product(long id, String name, int price) {}
