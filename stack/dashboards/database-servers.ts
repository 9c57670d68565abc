/** PostgreSQL and Redis as they see themselves: two rows of the dashboard of databases. */

import { curve, limits, stat, timeseries } from './build/panels.ts';
import type { Row } from './build/source.ts';

export const DATABASE_SERVERS: readonly Row[] = [
  {
    title: 'PostgreSQL',
    purpose: 'as the server sees it (needs the postgresql receiver)',
    panels: [
      stat(
        'Connections in use',
        'Which part of max_connections is taken. At 1 nobody else gets in, not even you.',
        'percentunit',
        curve('sum(postgresql_backends) / max(postgresql_connection_max)', 'in use'),
        { limits: limits(0.7, 0.9), decimals: 0 },
      ),
      stat(
        'Rolled back',
        'Which part of the transactions is given up.',
        'percentunit',
        curve(
          'sum(rate(postgresql_rollbacks_total[$__rate_interval])) / (sum(rate(postgresql_commits_total[$__rate_interval])) + sum(rate(postgresql_rollbacks_total[$__rate_interval])) > 0)',
          'rolled back',
        ),
        { limits: limits(0.05, 0.2), decimals: 1 },
      ),
      stat(
        'Cache hits',
        'Which part of the blocks comes from memory. Below 0.99 in a busy database: more shared_buffers.',
        'percentunit',
        curve(
          'sum(rate(postgresql_blocks_read_total{source=~".+_hit"}[$__rate_interval])) / (sum(rate(postgresql_blocks_read_total[$__rate_interval])) > 0)',
          'hits',
        ),
        { limits: limits(0.99, 0.9), decimals: 1 },
      ),
      stat('Size', 'All databases of the server.', 'bytes', curve('sum(postgresql_db_size_bytes)', 'size')),
      stat('Tables', 'How many tables the databases hold.', 'none', curve('sum(postgresql_table_count)', 'tables')),
      stat(
        'Checkpoints asked for',
        'Checkpoints a minute that came before their time because too much was written: raise max_wal_size.',
        'none',
        curve('60 * sum(rate(postgresql_bgwriter_checkpoint_count_total{type="requested"}[$__rate_interval]))', 'a minute'),
        { decimals: 2 },
      ),
      timeseries(
        'Transactions',
        'How much does the server work?',
        'ops',
        [
          curve('sum(rate(postgresql_commits_total[$__rate_interval]))', 'committed'),
          curve('sum(rate(postgresql_rollbacks_total[$__rate_interval]))', 'rolled back'),
        ],
        { min: 0, width: 8 },
      ),
      timeseries(
        'Rows',
        'How many rows are inserted, updated, deleted?',
        'ops',
        curve('sum by (operation) (rate(postgresql_operations_total[$__rate_interval]))', '{{operation}}'),
        { min: 0, width: 8 },
      ),
      timeseries(
        'Blocks',
        'Are blocks read from disk (read) or found in memory (hit)?',
        'ops',
        curve('sum by (source) (rate(postgresql_blocks_read_total[$__rate_interval]))', '{{source}}'),
        { min: 0, width: 8 },
      ),
      timeseries(
        'Dead and live rows',
        'Does vacuum keep up? Dead rows that only grow: no.',
        'short',
        curve('sum by (state) (postgresql_rows)', '{{state}}'),
        { min: 0 },
      ),
      timeseries(
        'Written by',
        'Who writes buffers? Backends that write themselves wait for it: the background writer is too slow.',
        'ops',
        curve('sum by (source) (rate(postgresql_bgwriter_buffers_writes_total[$__rate_interval]))', '{{source}}'),
        { min: 0 },
      ),
    ],
  },
  {
    title: 'Redis',
    purpose: 'as the server sees it (needs the redis receiver)',
    panels: [
      stat(
        'Hits',
        'Which part of the lookups finds its key.',
        'percentunit',
        curve(
          'sum(rate(redis_keyspace_hits_total[$__rate_interval])) / (sum(rate(redis_keyspace_hits_total[$__rate_interval])) + sum(rate(redis_keyspace_misses_total[$__rate_interval])) > 0)',
          'hits',
        ),
        { decimals: 1, min: 0, max: 1 },
      ),
      stat('Memory', 'What the keys and the server use.', 'bytes', curve('sum(redis_memory_used_bytes)', 'used')),
      stat(
        'Fragmentation',
        'Resident memory by used memory. Above 1.5 memory is wasted, below 1 the machine swaps.',
        'none',
        curve('max(redis_memory_fragmentation_ratio)', 'fragmentation'),
        { decimals: 2 },
      ),
      stat(
        'Evicted',
        'Keys thrown out a second for want of memory. A cache may; anything else loses data.',
        'ops',
        curve('sum(rate(redis_keys_evicted_total[$__rate_interval]))', 'evicted'),
        { limits: limits(0.001, 10), decimals: 2 },
      ),
      stat('Clients', 'Connected clients.', 'none', curve('sum(redis_clients_connected)', 'clients')),
      stat('Up', 'How long it has run.', 's', curve('max(redis_uptime_seconds_total)', 'up'), { decimals: 0 }),
      timeseries(
        'Commands',
        'How much does it work?',
        'ops',
        curve('sum(rate(redis_commands_processed_total[$__rate_interval]))', 'commands'),
        { min: 0, width: 8 },
      ),
      timeseries(
        'Lookups',
        'Does the cache still help?',
        'ops',
        [
          curve('sum(rate(redis_keyspace_hits_total[$__rate_interval]))', 'hits'),
          curve('sum(rate(redis_keyspace_misses_total[$__rate_interval]))', 'misses'),
        ],
        { min: 0, width: 8 },
      ),
      timeseries(
        'Clients over time',
        'Do clients pile up, or wait blocked?',
        'none',
        [curve('sum(redis_clients_connected)', 'connected'), curve('sum(redis_clients_blocked)', 'blocked')],
        { min: 0, width: 8 },
      ),
    ],
  },
];
