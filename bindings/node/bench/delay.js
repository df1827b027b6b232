'use strict';

// Preloaded into a service: tells its parent the delay of the event loop, from one message to the next.

const { monitorEventLoopDelay } = require('node:perf_hooks');

const delay = monitorEventLoopDelay({ resolution: 1 });

process.on('message', () => {
  const [p50, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max].map((ns) => ns / 1e6);
  process.send({ p50, p99, max });
  delay.reset();
  delay.enable();
});
