'use strict';

/** A request that runs for many seconds, if nobody stops it: it tries one quality after another. */
const slow = { width: 4000, height: 4000, enlarge: true, format: 'webp', maxBytes: 1 };

const slowLimits = { maxWork: 1e12, maxMemoryBytes: 2 ** 30 };

module.exports = { slow, slowLimits };
