/**
 * Webhooks: the end of a job or batch, told to a receiver by HTTP. The queue's scripts write a
 * delivery, a job of type {@code webhook}, in the step that records the end; here it is signed
 * (Standard Webhooks), put into words (CloudEvents) and sent through {@code egress}. Entry type:
 * {@link io.threadmill.webhook.Deliveries}.
 */
@NullMarked
package io.threadmill.webhook;

import org.jspecify.annotations.NullMarked;
