'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { ROOT, read } = require('./support/corpus.js');
const { PACKAGE } = require('./support/declared.js');

const text = (...parts) => fs.readFileSync(path.join(...parts), 'utf8');
const manifest = JSON.parse(text(PACKAGE, 'package.json'));
const field = (toml, name) => toml.match(new RegExp(`^${name} = "(.*)"$`, 'm'))[1];

test('the manifests agree', () => {
  const core = text(ROOT, 'Cargo.toml');
  const addon = text(PACKAGE, 'Cargo.toml');
  for (const toml of [core, addon]) {
    assert.equal(manifest.version, field(toml, 'version'));
    assert.equal(manifest.license, `(${field(toml, 'license')})`);
  }
  assert.equal(manifest.name, field(core, 'name'));
  assert.equal(manifest.description, field(core, 'description'));
  assert.equal(manifest.dependencies, undefined);
  for (const licence of ['LICENSE-APACHE', 'LICENSE-MIT']) {
    assert.equal(text(PACKAGE, licence), text(ROOT, licence));
  }
});

test('lock files name no registry', () => {
  for (const folder of [PACKAGE, path.join(PACKAGE, 'bench')]) {
    assert.doesNotMatch(text(folder, 'package-lock.json'), /"resolved"/);
  }
});

test('the package as it would be published installs without Rust, and works', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bombproof-'));
  try {
    const npm = (...args) => execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    const [packed] = JSON.parse(npm('pack', PACKAGE, '--json', '--ignore-scripts'));
    const files = packed.files.map(({ path }) => path).filter((path) => path !== 'THIRD-PARTY-LICENSES');
    const addons = files.filter((file) => file.startsWith('native/'));
    assert.ok(addons.length > 0 && addons.every((file) => file.endsWith('.node')), `${addons}`);
    assert.deepEqual(files.filter((file) => !/^(lib|native)\//.test(file)).sort(), [
      'LICENSE-APACHE',
      'LICENSE-MIT',
      'README.md',
      'build.js',
      'index.d.ts',
      'index.js',
      'package.json',
    ]);
    fs.writeFileSync(path.join(folder, 'package.json'), '{}');
    npm('install', '--offline', `./${packed.filename}`);
    fs.writeFileSync(path.join(folder, 'photo.jpg'), read('valid/photo.jpg'));
    const script = `
      require('bombproof').thumbnail(fs.readFileSync('photo.jpg'), { width: 8, height: 8 })
        .then(({ width }) => console.log(width));`;
    const printed = execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' });
    assert.equal(printed, '8\n');
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('where an addon is missing, the installation says so', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bombproof-'));
  try {
    fs.cpSync(path.join(PACKAGE, 'build.js'), path.join(folder, 'build.js'));
    fs.cpSync(path.join(PACKAGE, 'lib'), path.join(folder, 'lib'), { recursive: true });
    const build = () => execFileSync(process.execPath, ['build.js'], { cwd: folder, stdio: 'pipe', encoding: 'utf8' });
    assert.throws(build, { status: 1, stderr: /no addon for this platform: bombproof\.\S+\.node/ });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
