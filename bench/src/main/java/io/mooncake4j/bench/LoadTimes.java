package io.mooncake4j.bench;

import java.time.Duration;

/** How long a load runs before it is measured, and then. */
record LoadTimes(Duration warmUp, Duration measured) {}
