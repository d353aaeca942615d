package io.onlap;

import java.util.concurrent.CompletableFuture;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One place of the write ring: a batch on its way to the write loop, or an order to it. A small batch lies in the slot's
 * own bytes, a larger one in a buffer it brought.
 *
 * <p>Threading: the claiming writer until it publishes, then the write loop.
 */
final class RingSlot {
    /** What the write loop is to do. */
    enum Order {
        /** Append and apply the batch. */
        WRITE,
        /** Seal the active generation, then tell the newest sealed generation. */
        SEAL,
        /** Commit what is in hand, then tell so: nothing after this is taken. */
        STOP
    }

    private final UnsafeBuffer own;
    private byte[] brought;
    private DirectBuffer batch;
    private int length;
    private Order order;
    private CompletableFuture<Long> done;

    RingSlot(UnsafeBuffer own) {
        this.own = own;
    }

    /** Copies a small batch into the slot. */
    void carry(DirectBuffer source, int bytes) {
        own.putBytes(0, source, 0, bytes);
        set(Order.WRITE, own, bytes, null, null);
    }

    /** Refers to a batch at the start of {@code buffer}, whose array the write loop gives back. */
    void bring(UnsafeBuffer buffer, int bytes) {
        set(Order.WRITE, buffer, bytes, buffer.byteArray(), null);
    }

    void order(Order what, CompletableFuture<Long> completion) {
        set(what, null, 0, null, completion);
    }

    private void set(Order what, DirectBuffer buffer, int bytes, byte[] owned, CompletableFuture<Long> completion) {
        order = what;
        batch = buffer;
        length = bytes;
        brought = owned;
        done = completion;
    }

    Order order() {
        return order;
    }

    DirectBuffer batch() {
        return batch;
    }

    int length() {
        return length;
    }

    /** The buffer the batch brought, or null. */
    byte[] brought() {
        return brought;
    }

    /** Completed when an order is carried out; null for a batch. */
    CompletableFuture<Long> done() {
        return done;
    }

    /** Forgets what it held, so that a large batch does not live until the ring comes round. */
    void clear() {
        set(Order.WRITE, null, 0, null, null);
    }
}
