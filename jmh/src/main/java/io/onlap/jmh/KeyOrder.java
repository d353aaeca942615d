package io.onlap.jmh;

/** In which order new keys come, compared with the order of keys. */
public enum KeyOrder {
    /** 4,096 sessions written interleaved, each in ascending order: what agents write. Keys share long prefixes. */
    SESSIONS,
    /** No order and no shared prefix: the worst for anything that profits from locality. */
    RANDOM
}
