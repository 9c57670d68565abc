/** The page's first code: theme, keys, the live stream, then the frame. */
import { render } from 'preact';
import { App } from './frame/app.tsx';
import { startKeys } from './state/keys.ts';
import { startLive } from './state/live.ts';
import { startTheme } from './state/theme.ts';

startTheme();
startKeys();
startLive();
render(<App />, document.getElementById('page')!);
