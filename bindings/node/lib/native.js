'use strict';

const { addonFile } = require('./addon-file.js');

/** The addon, which is built by `npm install` in a checkout. */
module.exports = require(addonFile());
