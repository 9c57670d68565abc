/** Turns a node or a call of the service map into the query that finds its traces. */
import type { ServiceMap } from '../../api.ts';
import type { Query } from '../state/url.ts';

export type MapNode = ServiceMap['nodes'][number];

/** A database has no traces of its own: those in which it is called are meant, by the attributes that named it. */
export function tracesOfNode({ type, name }: Pick<MapNode, 'type' | 'name'>): Query {
  const slash = name.indexOf('/');
  const [system, rest] = slash < 0 ? [name, ''] : [name.slice(0, slash), name.slice(slash + 1)];
  switch (type) {
    case 'service':
      return { service: name };
    case 'user':
      return { service: undefined };
    case 'database':
      return { service: undefined, attr: [`db.system.name=${system}`] };
    case 'messaging':
      return { service: undefined, attr: [`messaging.system=${system}`, ...(rest === '' ? [] : [`messaging.destination.name=${rest}`])] };
    case 'external':
      return { service: undefined, attr: [`server.address=${name.replace(/:\d+$/, '')}`] };
  }
}

/** Traces of a call: those of the service that is called, or those in which the caller calls what is no service. */
export function tracesOfCall(from: Pick<MapNode, 'type' | 'name'>, to: Pick<MapNode, 'type' | 'name'>): Query {
  const called = tracesOfNode(to);
  return to.type === 'service' || from.type !== 'service' ? called : { ...called, service: from.name };
}
