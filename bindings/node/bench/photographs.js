'use strict';

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '../../..');
const FOLDERS = [path.join(ROOT, '../shared/images/photos'), path.join(ROOT, 'corpus/valid')];

/** The photographs of a folder, of the one in PHOTOS or of those beside the checkout. */
function photographs() {
  const folder = [process.env.PHOTOS, ...FOLDERS].find((folder) => folder && fs.existsSync(folder));
  const isPhoto = folder === FOLDERS[1] ? /^photo.*\.(jpg|png|webp)$/ : /\.(jpe?g|png|webp)$/i;
  const names = fs.readdirSync(folder).filter((name) => isPhoto.test(name)).sort();
  return names.map((name) => ({ name, bytes: fs.readFileSync(path.join(folder, name)) }));
}

module.exports = { photographs };
