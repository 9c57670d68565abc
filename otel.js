'use strict';
// The preload: node --import ./otel.js app.js (or --require; or otelier/register once installed).
// CommonJS, so that every Node.js loads it the same way; reads nothing else when telemetry is off.
const [major, minor] = process.versions.node.split('.').map(Number);
const supported = major > 20 ? major !== 21 && (major !== 22 || minor >= 15) : major === 20 && minor >= 19;
const KEPT = 12;

if ((process.env.OTEL_SDK_DISABLED || '').trim().toLowerCase() !== 'true') {
  if (supported) load(`${__dirname}/dist/register.js`);
  else if ((process.env.OTEL_LOG_LEVEL || '').trim().toLowerCase() !== 'none')
    process.stderr.write(
      `otelier: Node.js ${process.versions.node} is not supported; the app runs without telemetry. Use 20.19+, 22.15+, 24 or later.\n`,
    );
}

/**
 * Runs the bundle from V8's code cache, which spares compiling it (half of the start). The cache is trusted code: only a
 * file that this user alone can write is run, and it is written only where nobody else can. Anything odd, and the bundle is loaded the plain way.
 */
function load(bundle) {
  let script;
  try {
    const fs = require('node:fs');
    const { env, getuid, version, arch } = process;
    const base = env.XDG_CACHE_HOME || (env.HOME && `${env.HOME}/.cache`);
    if ((env.OTELIER_CODE_CACHE || '').trim().toLowerCase() === 'false' || !base || !getuid) return require(bundle);
    const source = fs.readFileSync(bundle, 'latin1');
    // The bundle ends with a digest of itself: V8 compares only lengths, and a package manager gives all files one date.
    const file = `${base}/otelier/${source.slice(-17, -1)}${major === 20 ? placeOf(bundle) : ''}-${version}-${arch}.v8`;
    const cachedData = readOwn(fs, file, getuid());
    const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
    script = new (require('node:vm').Script)(wrapped, { filename: bundle, cachedData });
    if (!cachedData || script.cachedDataRejected) writeLater(fs, file, script, getuid());
  } catch {
    return require(bundle);
  }
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require('node:module').createRequire(bundle), module, bundle, `${__dirname}/dist`);
}

/** Code from a cache keeps, with Node.js 20, the path from which it was written: stack traces would show the folder of another app. */
function placeOf(path) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < path.length; i++) hash = Math.imul(hash ^ path.charCodeAt(i), 0x01000193);
  return `-${(hash >>> 0).toString(16)}`;
}

function readOwn(fs, file, uid) {
  try {
    // One descriptor for the check and the reading: what is trusted is what was looked at.
    const descriptor = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
    try {
      const { mode, uid: owner } = fs.fstatSync(descriptor);
      return owner === uid && (mode & 0o177777) === 0o100600 ? fs.readFileSync(descriptor) : undefined;
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/** Once the app has run for a while, or ends: by then the functions that a start needs are compiled and go into the cache. */
function writeLater(fs, file, script, uid) {
  let written = false;
  const write = () => {
    if (written) return;
    written = true;
    try {
      const directory = file.slice(0, file.lastIndexOf('/'));
      fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
      const { mode, uid: owner } = fs.lstatSync(directory);
      if (owner !== uid || mode & 0o022) return;
      const fresh = `${file}.${process.pid}`;
      fs.writeFileSync(fresh, script.createCachedData(), { mode: 0o600, flag: 'wx' });
      fs.renameSync(fresh, file);
      forgetOld(fs, directory);
    } catch {
      // read-only, full, somebody else's: the next start compiles again
    }
  };
  setTimeout(write, 3000).unref();
  process.on('exit', write);
}

/** Each version of otelier and of Node.js leaves a file of 0.7 MB: those of late are enough. Whoever misses an older one writes it again. */
function forgetOld(fs, directory) {
  const files = fs.readdirSync(directory).filter((name) => /\.v8(?:\.\d+)?$/.test(name));
  if (files.length <= KEPT) return;
  const aged = files.map((name) => ({ path: `${directory}/${name}`, writtenAt: fs.lstatSync(`${directory}/${name}`).mtimeMs }));
  aged.sort((a, b) => b.writtenAt - a.writtenAt);
  for (const { path } of aged.slice(KEPT)) fs.rmSync(path, { force: true });
}
