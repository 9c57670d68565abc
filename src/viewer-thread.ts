/** The entry of the bundle that the viewer's threads start from. */
import './viewer/threads/thread.ts';
