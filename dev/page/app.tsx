import type { StatusView } from '../api/types.ts';
import { apiPath, request } from './client.ts';
import { linkTo, useAction } from './hooks.ts';
import { Log } from './log.tsx';
import { ActionButton, Table } from './parts.tsx';

/** One app: its process, its groups, its log. */
export function App({
  appId,
  status,
}: {
  readonly appId: string;
  readonly status: StatusView | undefined;
}) {
  const app = status?.apps.find((candidate) => candidate.appId === appId);
  const groups = status?.groups.filter((group) => group.appId === appId) ?? [];
  const kill = useAction(async () => {
    await request('POST', apiPath('apps', appId, 'kill'));
    return 'killed, and started again';
  });
  return (
    <>
      {app === undefined ? (
        <p class="quiet">this app does not run here</p>
      ) : (
        <p>
          {app.state} on port {app.port}, debugger on port {app.debugPort}, starts: {app.starts}{' '}
          <ActionButton action={kill}>Kill</ActionButton>
        </p>
      )}
      {groups.length > 0 && (
        <Table caption="Topics that it receives" columns={['topic', 'lag', 'per second']}>
          {groups.map(({ topic, lag, rate }) => (
            <tr key={topic}>
              <td>
                <a href={linkTo('topics', topic)}>{topic}</a>
              </td>
              <td>{lag}</td>
              <td>{rate.toFixed(1)}</td>
            </tr>
          ))}
        </Table>
      )}
      <h2>Log</h2>
      <Log app={appId} />
    </>
  );
}
