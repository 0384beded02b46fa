package io.stampede.spring;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/** The endpoint was asked for something that it can't do; the message says what and why. */
final class RefusedRequestException extends InvalidEndpointRequestException {

    private static final long serialVersionUID = 1;

    private final int httpStatus;

    RefusedRequestException(int httpStatus, String message) {
        super(message, message);
        this.httpStatus = httpStatus;
    }

    int httpStatus() {
        return httpStatus;
    }
}
