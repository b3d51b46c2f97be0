import { useState } from 'preact/hooks';
import type { ContractView, EventSummary, PlatformView } from '../api/types.ts';
import { apiPath, request } from './client.ts';
import { useAction, useRead } from './hooks.ts';
import { ActionButton, EventTable, Json, Reading } from './parts.tsx';

const INTERVAL = 1_000;

/** A form that publishes an event, filled with a sample of its schema. */
function PublishForm({
  contract: { type, topic },
  sample,
  published,
}: {
  readonly contract: ContractView;
  readonly sample: unknown;
  readonly published: () => void;
}) {
  const [text, setText] = useState(JSON.stringify(sample, null, 2));
  const publish = useAction(async () => {
    const event = { type, data: JSON.parse(text) as unknown };
    const { id } = await request<{ id: string }>('POST', apiPath('topics', topic, 'events'), event);
    published();
    return `published as ${id}`;
  });
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <label>
        Data of {type}
        <textarea
          rows={text.split('\n').length + 1}
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <ActionButton action={publish}>Publish</ActionButton>
    </form>
  );
}

function Contract({
  contract,
  published,
}: {
  readonly contract: ContractView;
  readonly published: () => void;
}) {
  const sample = useRead<unknown>(apiPath('contracts', contract.type, 'sample'));
  return (
    <section>
      <h2>
        {contract.type} <small>{contract.version}</small>
      </h2>
      <p>
        {contract.description} Key: <code>{contract.key}</code>
      </p>
      <Reading read={sample}>
        {(value) => <PublishForm contract={contract} sample={value} published={published} />}
      </Reading>
      <details>
        <summary>Schema</summary>
        <Json value={contract.schema} label={`schema of ${contract.type}`} />
      </details>
    </section>
  );
}

/** The events of a topic, and a form for each type that it carries. */
export function Topic({ view, topic }: { readonly view: PlatformView; readonly topic: string }) {
  const events = useRead<readonly EventSummary[]>(apiPath('topics', topic, 'events'), INTERVAL);
  return (
    <>
      <Reading read={events}>
        {(value) => <EventTable caption={`Newest events of ${topic}`} events={value} />}
      </Reading>
      {view.contracts
        .filter((contract) => contract.topic === topic)
        .map((contract) => (
          <Contract key={contract.type} contract={contract} published={events.again} />
        ))}
    </>
  );
}
