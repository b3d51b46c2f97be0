import type { MailView } from '../api/types.ts';
import { useRead } from './hooks.ts';
import { Reading, Time } from './parts.tsx';

const INTERVAL = 1_000;

/** Mails that apps have sent, the newest first. */
export function Mails() {
  const read = useRead<readonly MailView[]>('/api/mails', INTERVAL);
  return (
    <Reading read={read}>
      {(mails) =>
        mails.length === 0 ? (
          <p class="quiet">no mails</p>
        ) : (
          mails.map(({ at, to, subject, text }, index) => (
            <section class="step" key={mails.length - index}>
              <h2>{subject || 'no subject'}</h2>
              <p>
                to {to.join(', ')} at <Time of={at} />
              </p>
              <p class="text">{text}</p>
            </section>
          ))
        )
      }
    </Reading>
  );
}
