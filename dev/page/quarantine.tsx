import type { QuarantineGroup } from '../api/types.ts';
import { request } from './client.ts';
import { useAction, useRead } from './hooks.ts';
import { ActionButton, Reading, Time } from './parts.tsx';

const INTERVAL = 2_000;

function Group({
  group,
  changed,
}: {
  readonly group: QuarantineGroup;
  readonly changed: () => void;
}) {
  const { database, consumer, topic, type, reason, cause, events, parked, oldest } = group;
  const act = async (what: 'replay' | 'discard') => {
    const selection = { database, consumer, topic, type, reason, cause };
    const done = await request<{ events: number }>('POST', `/api/quarantine/${what}`, selection);
    changed();
    return `${done.events} events`;
  };
  const replay = useAction(() => act('replay'));
  const discard = useAction(async () =>
    window.confirm(`Give up ${events} events of ${consumer}?`) ? act('discard') : '',
  );
  return (
    <section class="step">
      <h2>
        {consumer}: {reason}
      </h2>
      <p class="problem">{cause}</p>
      <p>
        {events} events of {type || 'no type'} from {topic}
        {parked > 0 && `, and ${parked} that wait behind them`}, the first at <Time of={oldest} />
      </p>
      <ActionButton action={replay}>Replay</ActionButton>
      <ActionButton action={discard}>Discard</ActionButton>
    </section>
  );
}

/** Events that could not be processed, by their cause. */
export function Quarantine() {
  const read = useRead<readonly QuarantineGroup[]>('/api/quarantine', INTERVAL);
  return (
    <Reading read={read}>
      {(groups) =>
        groups.length === 0 ? (
          <p class="quiet">the quarantine is empty</p>
        ) : (
          groups.map((group) => (
            <Group
              key={[group.database, group.consumer, group.topic, group.type, group.cause].join(' ')}
              group={group}
              changed={read.again}
            />
          ))
        )
      }
    </Reading>
  );
}
