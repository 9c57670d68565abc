/** The entry of the bundle that the process of one SELECT starts from. */
import './viewer/threads/run-sql.ts';
