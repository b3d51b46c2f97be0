import type { SagaDetail, SagaView } from '../api/types.ts';
import { apiPath, request } from './client.ts';
import { linkTo, useAction, useRead } from './hooks.ts';
import { ActionButton, Json, Reading, Table, Time } from './parts.tsx';

const INTERVAL = 1_000;

/** What somebody should know of a saga, beside where it is. */
function remarks(saga: SagaView): readonly string[] {
  const { stuckBy, cancelledBy, error, asked, refused } = saga;
  return [
    ...(stuckBy ? [`stuck by ${stuckBy.step}: ${stuckBy.outcome}`] : []),
    ...(cancelledBy ? [`cancelled by ${cancelledBy.step}: ${cancelledBy.outcome}`] : []),
    ...(error === undefined ? [] : [`fails: ${error}`]),
    ...(asked === undefined ? [] : [`asked to ${asked}`]),
    ...(refused === undefined ? [] : [`refused: ${refused}`]),
  ];
}

function Status({ saga }: { readonly saga: SagaView }) {
  const { status, step, overdueSince } = saga;
  const needsHelp = status === 'stuck' || overdueSince !== undefined || saga.error !== undefined;
  return (
    <>
      <span class={needsHelp ? 'problem' : undefined}>{status}</span>
      {status !== 'completed' && status !== 'cancelled' && ` at ${step}`}
      {overdueSince !== undefined && (
        <>
          , overdue since <Time of={overdueSince} />
        </>
      )}
      {remarks(saga).map((remark) => (
        <div key={remark}>
          <small>{remark}</small>
        </div>
      ))}
    </>
  );
}

/** Sagas of all apps: those that have not ended, and the last ones that have. */
export function Sagas() {
  const read = useRead<readonly SagaView[]>('/api/sagas', INTERVAL);
  return (
    <Reading read={read}>
      {(sagas) =>
        sagas.length === 0 ? (
          <p class="quiet">no sagas</p>
        ) : (
          <Table caption="Sagas" columns={['saga', 'app', 'status', 'started']}>
            {sagas.map((saga) => (
              <tr key={`${saga.app} ${saga.saga} ${saga.id}`}>
                <td>
                  <a href={linkTo('sagas', saga.app, saga.saga, saga.id)}>{saga.id}</a>
                  <br />
                  <small>
                    {saga.saga}@{saga.version}
                  </small>
                </td>
                <td>{saga.app}</td>
                <td>
                  <Status saga={saga} />
                </td>
                <td>
                  <Time of={saga.startedAt} />
                </td>
              </tr>
            ))}
          </Table>
        )
      }
    </Reading>
  );
}

/** Buttons for what somebody may ask for. */
function Asking({ saga, changed }: { readonly saga: SagaView; readonly changed: () => void }) {
  const path = ['sagas', saga.app, saga.saga, saga.id] as const;
  const ask = async (what: 'retry' | 'cancel') => {
    await request('POST', apiPath(...path, what));
    changed();
    return `asked to ${what}`;
  };
  const retry = useAction(() => ask('retry'));
  const cancel = useAction(async () =>
    window.confirm(`Undo what ${saga.saga} ${saga.id} has done?`) ? ask('cancel') : '',
  );
  return (
    <>
      {(saga.status === 'stuck' || saga.overdueSince !== undefined) && (
        <ActionButton action={retry}>Retry</ActionButton>
      )}
      {saga.status === 'running' && <ActionButton action={cancel}>Cancel</ActionButton>}
    </>
  );
}

/** One saga, with the commands that it has sent. */
export function Saga({ address }: { readonly address: readonly string[] }) {
  const read = useRead<SagaDetail>(apiPath('sagas', ...address), INTERVAL);
  return (
    <Reading read={read}>
      {(saga) => (
        <>
          <p>
            {saga.saga}@{saga.version} of {saga.app}: <Status saga={saga} />
          </p>
          <Asking saga={saga} changed={read.again} />
          <Table caption="Commands" columns={['sent', 'step', 'command', 'answer']}>
            {saga.commands.map(({ id, sentAt, step, action, attempt, outcome, answeredAt }) => (
              <tr key={id}>
                <td>
                  <Time of={sentAt} />
                </td>
                <td>{step}</td>
                <td>
                  {action}
                  {attempt > 1 && ` (attempt ${attempt})`}
                </td>
                <td>
                  {outcome ?? <span class="quiet">no answer</span>}
                  {answeredAt !== undefined && (
                    <>
                      {' '}
                      at <Time of={answeredAt} />
                    </>
                  )}
                </td>
              </tr>
            ))}
          </Table>
          <h2>Data</h2>
          <Json value={saga.data} label="Data of the saga" />
        </>
      )}
    </Reading>
  );
}
