import { useState } from 'preact/hooks';
import type { FaultsView } from '../api/types.ts';
import { request } from './client.ts';
import { useAction } from './hooks.ts';
import { ActionButton } from './parts.tsx';

const OUTAGE_SECONDS = 10;

function NumberField({
  label,
  unit,
  max,
  value,
  onChange,
}: {
  readonly label: string;
  readonly unit: string;
  readonly max: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}) {
  return (
    <label>
      {label}
      <input
        type="number"
        min={0}
        max={max}
        value={value}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
      {unit}
    </label>
  );
}

/** What can be made to go wrong. */
export function Faults({ now }: { readonly now: FaultsView }) {
  const [wanted, setWanted] = useState(now);
  const apply = useAction(async () => {
    await request('PUT', '/api/faults', wanted);
    return 'applied';
  });
  const interrupt = useAction(async () => {
    await request('POST', '/api/databases/interrupt', { seconds: OUTAGE_SECONDS });
    return `down for ${OUTAGE_SECONDS} s`;
  });
  return (
    <form class="faults" onSubmit={(event) => event.preventDefault()}>
      <NumberField
        {...{ label: 'Deliver twice', unit: '%', max: 100 }}
        value={Math.round(wanted.duplicates * 100)}
        onChange={(percent) => setWanted({ ...wanted, duplicates: percent / 100 })}
      />
      <NumberField
        {...{ label: 'Lose the answer', unit: '%', max: 100 }}
        value={Math.round(wanted.loseAnswers * 100)}
        onChange={(percent) => setWanted({ ...wanted, loseAnswers: percent / 100 })}
      />
      <NumberField
        {...{ label: 'Wait before it', unit: 'ms', max: 60_000 }}
        value={wanted.delay}
        onChange={(delay) => setWanted({ ...wanted, delay })}
      />
      <ActionButton action={apply}>Apply to deliveries</ActionButton>
      <ActionButton action={interrupt}>Interrupt the databases</ActionButton>
    </form>
  );
}
