/** The page of `event-platform dev`. It reads the HTTP API beside it, and nothing else. */
import { type ComponentChildren, render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { PlatformView, StatusView } from '../api/types.ts';
import { App } from './app.tsx';
import { Diagram } from './diagram.tsx';
import { Event } from './event.tsx';
import { Faults } from './faults.tsx';
import { linkTo, useRead, useRoute } from './hooks.ts';
import { Log } from './log.tsx';
import { Mails } from './mails.tsx';
import { Quarantine } from './quarantine.tsx';
import { Saga, Sagas } from './sagas.tsx';
import { Topic } from './topic.tsx';

const INTERVAL = 1_000;

/** What is shown at an address. */
interface Place {
  readonly title: string;
  readonly content: ComponentChildren;
}

function home(view: PlatformView, status: StatusView | undefined): Place {
  return {
    title: view.name,
    content: (
      <>
        {view.realBroker !== undefined && (
          <p>Events are in {view.realBroker}, whose own tools show them.</p>
        )}
        <Diagram view={view} status={status} />
        <h2>Faults</h2>
        {status && <Faults now={status.faults} />}
      </>
    ),
  };
}

function placeOf(
  route: readonly string[],
  view: PlatformView,
  status: StatusView | undefined,
): Place {
  const [name, first = '', ...rest] = route;
  switch (name) {
    case 'topics':
      return rest.length === 2
        ? { title: `Event of ${first}`, content: <Event place={[first, ...rest]} /> }
        : { title: first, content: <Topic key={first} view={view} topic={first} /> };
    case 'apps':
      return { title: first, content: <App key={first} appId={first} status={status} /> };
    case 'quarantine':
      return { title: 'Quarantine', content: <Quarantine /> };
    case 'sagas':
      return rest.length === 2
        ? { title: `Saga ${rest[1]!}`, content: <Saga address={[first, ...rest]} /> }
        : { title: 'Sagas', content: <Sagas /> };
    case 'mails':
      return { title: 'Mails', content: <Mails /> };
    case 'log':
      return { title: 'Log', content: <Log /> };
    default:
      return home(view, status);
  }
}

const LINKS = [
  ['Platform', ''],
  ['Quarantine', 'quarantine'],
  ['Sagas', 'sagas'],
  ['Mails', 'mails'],
  ['Log', 'log'],
] as const;

function Page() {
  const route = useRoute();
  const view = useRead<PlatformView>('/api/platform');
  const status = useRead<StatusView>('/api/status', INTERVAL);
  const place = view.value && placeOf(route, view.value, status.value);
  const title = place?.title ?? 'Event platform';
  const heading = useRef<HTMLHeadingElement>(null);
  const address = route.join('/');
  const shown = useRef(address);
  useEffect(() => {
    document.title = `${title} – event platform`;
    // Who follows a link goes on reading at the new heading.
    if (shown.current !== address) {
      shown.current = address;
      heading.current!.focus();
    }
  }, [address, title]);
  return (
    <>
      <header>
        <nav aria-label="Pages">
          {LINKS.map(([name, link]) => (
            <a
              key={link}
              href={linkTo(link)}
              aria-current={(route[0] ?? '') === link ? 'page' : undefined}
            >
              {name}
            </a>
          ))}
        </nav>
        <span class="quiet">{view.value?.environment}</span>
      </header>
      <main>
        <div role="status">
          {status.error !== undefined && (
            <p class="problem">the platform does not answer: {status.error}</p>
          )}
          {status.value?.problems.map((problem) => (
            <p class="problem text" key={problem}>
              {problem}
            </p>
          ))}
        </div>
        <h1 tabIndex={-1} ref={heading}>
          {title}
        </h1>
        {place?.content}
      </main>
    </>
  );
}

render(<Page />, document.querySelector('#page')!);
