// Draws a ThumbHash: up to 25 bytes that hold the lowest cosines of a picture's luminance, two colour differences
// and, if it has any transparency, alpha.

// Returns a data URL of a picture whose longer side has 32 pixels.
export function thumbHashUrl(base64) {
  const hash = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const bits = (start, count) => {
    let value = 0;
    for (let i = count - 1; i >= 0; i--) value = value * 2 + (hash[(start + i) >> 3] >> ((start + i) & 7) & 1);
    return value;
  };
  const hasAlpha = bits(23, 1) === 1;
  const isLandscape = bits(39, 1) === 1;
  const longer = hasAlpha ? 5 : 7;
  const [columns, rows] = isLandscape ? [longer, bits(24, 3)] : [bits(24, 3), longer];

  // After the header follow the cosines of all channels, four bits each.
  let at = hasAlpha ? 48 : 40;
  const channel = (mean, scale, columns, rows) => {
    const terms = [[0, 0, mean]];
    for (let y = 0; y < rows; y++) {
      for (let x = y ? 0 : 1; x * rows < columns * (rows - y); x++) {
        terms.push([x, y, 2 * scale * (bits(at, 4) / 7.5 - 1)]);
        at += 4;
      }
    }
    return (u, v) => terms.reduce((sum, [x, y, value]) =>
      sum + value * Math.cos(Math.PI * x * u) * Math.cos(Math.PI * y * v), 0);
  };
  const luminance = channel(bits(0, 6) / 63, bits(18, 5) / 31, Math.max(3, columns), Math.max(3, rows));
  // The differences are stored at 4/5 of their scale.
  const yellowBlue = channel(bits(6, 6) / 31.5 - 1, 1.25 * bits(27, 6) / 63, 3, 3);
  const redGreen = channel(bits(12, 6) / 31.5 - 1, 1.25 * bits(33, 6) / 63, 3, 3);
  const alpha = hasAlpha ? channel(bits(40, 4) / 15, bits(44, 4) / 15, 5, 5) : () => 1;

  const side = (cosines) => Math.max(1, Math.round(32 * cosines / Math.max(columns, rows)));
  const canvas = Object.assign(document.createElement("canvas"), { width: side(columns), height: side(rows) });
  const context = canvas.getContext("2d");
  const picture = context.createImageData(canvas.width, canvas.height);
  for (let y = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++) {
      const [u, v] = [(x + 0.5) / canvas.width, (y + 0.5) / canvas.height];
      const [l, p, q] = [luminance(u, v), yellowBlue(u, v), redGreen(u, v)];
      // l = (r + g + b) / 3, p = (r + g) / 2 - b, q = r - g
      const blue = l - 2 / 3 * p;
      const red = (3 * l - blue + q) / 2;
      picture.data.set([red, red - q, blue, alpha(u, v)].map((value) => 255 * value), 4 * (y * canvas.width + x));
    }
  }
  context.putImageData(picture, 0, 0);
  return canvas.toDataURL();
}
