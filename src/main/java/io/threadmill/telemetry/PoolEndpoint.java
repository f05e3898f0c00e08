package io.threadmill.telemetry;

import io.threadmill.pool.PoolSnapshot;
import io.threadmill.pool.Pools;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.stereotype.Component;

/** {@code /actuator/pool}: the pools as they are now. */
@Component
@Endpoint(id = "pool")
class PoolEndpoint {

  private final Pools pools;

  PoolEndpoint(Pools pools) {
    this.pools = pools;
  }

  @ReadOperation
  Map<String, PoolView> pools() {
    var views = new LinkedHashMap<String, PoolView>();
    for (PoolSnapshot pool : pools.snapshots()) {
      views.put(pool.name(), PoolView.of(pool));
    }
    return views;
  }
}
