/** Attributes as a table by group, each with what can be done with it: filter by it, exclude it, copy it. Values are shown as text, never as markup. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Attributes, Value } from '../../api.ts';
import { cutText, formatLine, showInvisible } from '../format/text.ts';
import { formatStructured, formatValue } from '../format/value.ts';
import { groupAttributes, otherGroup } from '../logic/attribute-groups.ts';
import { CopyButton, IconButton } from './button.tsx';

const shownCharacters = 600;

export function LongText({
  text,
  limit = shownCharacters,
  mono = true,
}: {
  readonly text: string;
  readonly limit?: number;
  readonly mono?: boolean;
}): JSX.Element {
  const [all, setAll] = useState(false);
  const cut = cutText(text, all ? Infinity : limit);
  return (
    <span class={mono ? 'mono long-text' : 'long-text'}>
      {showInvisible(cut.text)}
      {(cut.hidden > 0 || all) && (
        <button type="button" class="text-button" onClick={() => setAll(!all)}>
          {all ? 'show less' : `… show all ${text.length.toLocaleString('en')} characters`}
        </button>
      )}
    </span>
  );
}

export function ValueText({ value }: { readonly value: Value }): JSX.Element {
  const structured = formatStructured(value);
  if (value === '') return <span class="muted">(empty)</span>;
  if (structured !== undefined)
    return (
      <pre class="mono structured">
        <LongText text={structured} />
      </pre>
    );
  return <LongText text={formatValue(value)} />;
}

interface AttributeTableProps {
  readonly attributes: Attributes;
  readonly label: string;
  /** Shows the buttons that filter; takes a condition of the API, like `http.route=/orders`. */
  readonly onFilter?: ((condition: string) => void) | undefined;
  readonly flat?: boolean;
}

export function AttributeTable({ attributes, label, onFilter, flat }: AttributeTableProps): JSX.Element {
  const groups = flat ? [{ name: '', entries: Object.entries(attributes) }] : groupAttributes(attributes);
  // A single group of what no convention names needs no name of its own.
  const titled = !flat && (groups.length > 1 || groups[0]?.name !== otherGroup);
  return (
    <div class="attributes">
      {groups.map(({ name, entries }) => (
        <table key={name}>
          <caption class={titled ? '' : 'heard'}>{titled ? name : label}</caption>
          <colgroup>
            <col class="key" />
            <col />
          </colgroup>
          <tbody>
            {entries.map(([key, value]) => (
              <AttributeRow key={key} name={key} value={value} onFilter={onFilter} />
            ))}
          </tbody>
        </table>
      ))}
    </div>
  );
}

interface AttributeRowProps {
  readonly name: string;
  readonly value: Value;
  readonly onFilter: AttributeTableProps['onFilter'];
}

/** What has structure stands below its name, over the whole width. */
function AttributeRow({ name, value, onFilter }: AttributeRowProps): JSX.Element {
  const filterable = onFilter !== undefined && typeof value !== 'object' && String(value).length < 500;
  const tools = (
    <span class="row-tools">
      {filterable && (
        <IconButton small icon="filter" label={`Only with this ${name}`} onClick={() => onFilter(`${name}=${String(value)}`)} />
      )}
      {filterable && (
        <IconButton small icon="exclude" label={`Without this ${name}`} onClick={() => onFilter(`${name}!=${String(value)}`)} />
      )}
      <CopyButton text={formatValue(value)} label={`Copy the value of ${name}`} />
    </span>
  );
  const head = formatLine(name, 120);
  if (formatStructured(value) === undefined) {
    return (
      <tr>
        <th scope="row" title={name}>
          {head}
        </th>
        <td>
          <ValueText value={value} />
          {tools}
        </td>
      </tr>
    );
  }
  return (
    <>
      <tr>
        <th scope="row" colSpan={2} title={name}>
          {head}
        </th>
      </tr>
      <tr class="wide">
        <td colSpan={2}>
          <ValueText value={value} />
          {tools}
        </td>
      </tr>
    </>
  );
}
