'use strict';

// Run by `npm install`. In a checkout it builds the addon, for which it needs Rust 1.89 or later. A
// package that is published contains the addons of its platforms, so that nothing is built.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { addonFile } = require('./lib/addon-file.js');

const LIBRARIES = {
  darwin: 'libbombproof_node.dylib',
  win32: 'bombproof_node.dll',
};

function build() {
  const target = process.env.CARGO_TARGET_DIR ?? path.join(__dirname, 'target');
  const options = ['--release', '--locked', '--target-dir', target];
  execFileSync('cargo', ['build', ...options], { cwd: __dirname, stdio: 'inherit' });
  const library = LIBRARIES[process.platform] ?? 'libbombproof_node.so';
  fs.mkdirSync(path.dirname(addonFile()), { recursive: true });
  // Replaced and not overwritten: a process may have loaded the old one.
  fs.rmSync(addonFile(), { force: true });
  fs.copyFileSync(path.join(target, 'release', library), addonFile());
}

if (fs.existsSync(path.join(__dirname, '../../src/lib.rs'))) {
  build();
} else if (!fs.existsSync(addonFile())) {
  console.error(`bombproof has no addon for this platform: ${path.basename(addonFile())}`);
  process.exit(1);
}
