import type { ConsumerPath, EventDetail, SpanView } from '../api/types.ts';
import { apiPath } from './client.ts';
import { linkTo, useRead } from './hooks.ts';
import { EventTable, Json, Reading, Table, Time } from './parts.tsx';

const INTERVAL = 2_000;

function Consumer({ path }: { readonly path: ConsumerPath }) {
  const { appId, outcome, at, rows, effects, cause, database } = path;
  return (
    <section class="step">
      <h3>
        <a href={linkTo('apps', appId)}>{appId}</a>{' '}
        <span class={outcome === 'processed' ? '' : 'problem'}>{outcome}</span>{' '}
        <small>
          <Time of={at} /> in {database}
        </small>
      </h3>
      {cause !== undefined && <p class="problem">{cause}</p>}
      {Object.entries(rows).map(([table, written]) => (
        <details key={table} open>
          <summary>
            {written.length} {written.length === 1 ? 'row' : 'rows'} of {table}, of the same
            transaction
          </summary>
          <Json value={written} label={`rows of ${table}`} />
        </details>
      ))}
      {effects.map(({ kind, status, payload, error }, index) => (
        <details key={index}>
          <summary>
            side effect {kind}: {status} {error}
          </summary>
          <Json value={payload} label={`payload of ${kind}`} />
        </details>
      ))}
    </section>
  );
}

/** Spans as bars on one scale of time. */
function Spans({ spans }: { readonly spans: readonly SpanView[] }) {
  const starts = spans.map(({ start }) => Date.parse(start));
  const first = Math.min(...starts);
  const last = Math.max(...spans.map(({ duration }, index) => starts[index]! + duration));
  const percent = (milliseconds: number) => (100 * milliseconds) / Math.max(1, last - first);
  return (
    <Table caption="Spans of the trace" columns={['app', 'span', 'begins after', 'takes', 'when']}>
      {spans.map(({ app, name, spanId, duration, failed }, index) => (
        <tr key={spanId}>
          <td>{app}</td>
          <td class={failed ? 'problem' : ''}>{name}</td>
          <td>{starts[index]! - first} ms</td>
          <td>{duration.toFixed(1)} ms</td>
          <td class="bars">
            <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
              <rect
                x={percent(starts[index]! - first)}
                width={Math.max(0.5, percent(duration))}
                height="4"
              />
            </svg>
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** One event: what led to it, and everything that has followed. */
export function Event({ place }: { readonly place: readonly string[] }) {
  const [topic, partition, position] = place as [string, string, string];
  const path = apiPath('topics', topic, 'events', partition, position);
  const read = useRead<EventDetail>(path, INTERVAL);
  return (
    <Reading read={read}>
      {({ content, consumers, followedBy, spans, problems, headers }) => (
        <>
          <p>
            <a href={linkTo('topics', topic)}>{topic}</a>, partition {partition}, position{' '}
            {position}
          </p>
          {problems.map((problem) => (
            <p class="problem" key={problem}>
              {problem}
            </p>
          ))}
          <Json value={content} label="event" />
          <h2>Consumers</h2>
          {consumers.length === 0 && <p class="quiet">no consumer has committed it</p>}
          {consumers.map((consumer) => (
            <Consumer key={consumer.appId} path={consumer} />
          ))}
          <h2>Follow-up events</h2>
          <EventTable caption="Events that name this one as their cause" events={followedBy} />
          <h2>Trace</h2>
          {spans.length === 0 ? (
            <p class="quiet">no spans yet: apps send them every two seconds</p>
          ) : (
            <Spans spans={spans} />
          )}
          <details>
            <summary>Headers</summary>
            <Json value={headers} label="headers" />
          </details>
        </>
      )}
    </Reading>
  );
}
