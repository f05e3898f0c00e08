package io.threadmill.pool;

import java.util.List;

/** The pools of this instance, to look at. Thread-safe. */
public interface Pools {
  List<PoolSnapshot> snapshots();
}
