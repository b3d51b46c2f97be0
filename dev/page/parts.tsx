import type { ComponentChildren } from 'preact';
import type { EventSummary } from '../api/types.ts';
import { type Action, linkTo, type Read } from './hooks.ts';

/** A time as a clock shows it. */
export function Time({ of }: { readonly of: string }) {
  return (
    <time dateTime={of} title={of}>
      {new Date(of).toLocaleTimeString(undefined, { hour12: false })}
    </time>
  );
}

/** A message about something that is wrong. */
export function Problem({ text }: { readonly text: string | undefined }) {
  return text ? (
    <p class="problem" role="alert">
      {text}
    </p>
  ) : null;
}

/** What was read, as soon as it is there; also why it cannot be read now. */
export function Reading<Answer>({
  read: { value, error },
  children,
}: {
  readonly read: Read<Answer>;
  readonly children: (value: Answer) => ComponentChildren;
}) {
  return (
    <>
      <Problem text={error} />
      {value !== undefined && children(value)}
      {value === undefined && error === undefined && <p class="quiet">reading …</p>}
    </>
  );
}

/** A button, and what came of it. */
export function ActionButton({
  action,
  children,
}: {
  readonly action: Action;
  readonly children: ComponentChildren;
}) {
  return (
    <span class="action">
      <button type="button" disabled={action.running} onClick={action.run}>
        {children}
      </button>
      <span role="status" class={action.failed ? 'problem' : 'quiet'}>
        {action.result}
      </span>
    </span>
  );
}

/** A value as indented JSON. It can be wide, and so takes the focus: arrow keys scroll it. */
export function Json({ value, label }: { readonly value: unknown; readonly label: string }) {
  return (
    <pre tabIndex={0} role="region" aria-label={label}>
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}

/** A table, which scrolls where the screen is narrow. */
export function Table({
  caption,
  columns,
  children,
}: {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly children: ComponentChildren;
}) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" key={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** Events, each with a link to its path. */
export function EventTable({
  caption,
  events,
}: {
  readonly caption: string;
  readonly events: readonly EventSummary[];
}) {
  return events.length === 0 ? (
    <p class="quiet">no events</p>
  ) : (
    <Table caption={caption} columns={['time', 'event', 'key', 'topic', 'schema']}>
      {events.map(({ topic, partition, position, publishedAt, type, id, key, problems }) => (
        <tr key={`${topic} ${partition} ${position}`}>
          <td>
            <Time of={publishedAt} />
          </td>
          <td>
            <a href={linkTo('topics', topic, partition, position)}>{id ?? 'not a CloudEvent'}</a>
            <br />
            <small>{type}</small>
          </td>
          <td>{key}</td>
          <td>
            <small>
              {topic} {partition}/{position}
            </small>
          </td>
          <td>
            {problems.length === 0 ? 'valid' : <span class="problem">{problems.join('; ')}</span>}
          </td>
        </tr>
      ))}
    </Table>
  );
}
