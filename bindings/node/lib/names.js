'use strict';

/** A name of the core, which are in snake case. Undefined and null stay what they are. */
function camelCase(name) {
  return name?.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}

module.exports = { camelCase };
