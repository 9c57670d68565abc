/** Turns the import of a view into a view whose code comes when it is first shown. */
import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Fault, Waiting } from '../parts/state.tsx';
import { ApiFault } from '../state/api.ts';

export function late<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => JSX.Element {
  let loaded: ComponentType<P> | undefined;
  return function Late(props) {
    const [fault, setFault] = useState<ApiFault | undefined>(undefined);
    const [, redraw] = useState(0);
    useEffect(() => {
      if (loaded !== undefined) return;
      load().then(
        (view) => {
          loaded = view;
          redraw((count) => count + 1);
        },
        () => setFault(new ApiFault('This part of the page could not be loaded.', 0)),
      );
    }, []);
    // The server may be another by now, whose parts have other names.
    if (fault) return <Fault fault={fault} onRetry={() => location.reload()} />;
    const View = loaded;
    return View === undefined ? <Waiting /> : <View {...props} />;
  };
}
