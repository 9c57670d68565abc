'use strict';
// The preload: node --import ./otel.js app.js (or --require; or otelier/register once installed).
// CommonJS, so that every Node.js loads it the same way; reads nothing else when telemetry is off.
const [major, minor] = process.versions.node.split('.').map(Number);
if (process.env.OTEL_SDK_DISABLED?.trim().toLowerCase() !== 'true') {
  if (major > 20 ? major !== 21 && (major !== 22 || minor >= 15) : major === 20 && minor >= 19) {
    require('./dist/register.js');
  } else {
    process.stderr.write(`otelier: Node.js ${process.versions.node} is not supported; the app runs without telemetry. Use 20.19+, 22.15+, 24 or later.\n`);
  }
}
