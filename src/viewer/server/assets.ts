/** The page's built files -> replies. Any path that is no file is the page itself, which reads the path. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Reply } from './reply.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
};

export type Assets = (path: string, ifNoneMatch: string | undefined) => Reply;

/** `folder` holds the files flat; they are read anew when they have changed, as a build in watch mode does. */
export function createAssets(folder: string): Assets {
  return (path, ifNoneMatch) => {
    const wanted = path.slice(path.lastIndexOf('/') + 1);
    const name = extname(wanted) in types && path === `/${wanted}` ? wanted : 'index.html';
    const content = read(folder, name);
    if (content === undefined)
      return name === 'index.html'
        ? missingPage(folder)
        : { status: 404, headers: { 'content-type': 'text/plain' }, body: `There is no ${path}.\n` };
    const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
    // Names do not change with the content, so the browser asks each time, and mostly hears that nothing has changed.
    const headers = { 'content-type': types[extname(name)]!, 'cache-control': 'no-cache', etag };
    return ifNoneMatch === etag ? { status: 304, headers } : { status: 200, headers, body: content };
  };
}

function read(folder: string, name: string): Buffer | undefined {
  try {
    return readdirSync(folder).includes(name) ? readFileSync(join(folder, name)) : undefined;
  } catch {
    return undefined;
  }
}

function missingPage(folder: string): Reply {
  const body = `The page is not built: there is no index.html in ${folder}. Run npm run build. The API under /api works without it.\n`;
  return { status: 503, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
