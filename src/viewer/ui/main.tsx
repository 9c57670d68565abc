/** The page's first code: theme, keys, the live stream, then the frame. */
import { render } from 'preact';
import { App } from './frame/app.tsx';
import { startKeys } from './state/keys.ts';
import { readStatus, startLive } from './state/live.ts';
import { startTheme } from './state/theme.ts';

startTheme();
startKeys();
// Where the data begin decides what the first charts ask for; a server that does not answer must not keep the page from showing.
await Promise.race([readStatus(), new Promise((resolve) => setTimeout(resolve, 500))]);
startLive();
render(<App />, document.getElementById('page')!);
