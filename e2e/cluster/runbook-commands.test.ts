import { expect, it } from 'vitest';
import { commandsOf, runbookCommands } from './runbook-commands.ts';

it('takes the commands of the section, whole lines, without what they are piped to', () => {
  const text = `# Page

## Look first

\`\`\`sh
kubectl get pods | tail -3
kubectl exec kafka-0 -- sh -c 'du /data | sort' | tail
kubectl exec kafka-0 -- tool \\
  --group 'a|b'
kubectl get pvc; kubectl get nodes
\`\`\`

## Causes and what to do

\`\`\`sh
kubectl delete everything
\`\`\`
`;
  expect(commandsOf('Page', text).map(({ command }) => command)).toEqual([
    'kubectl get pods',
    "kubectl exec kafka-0 -- sh -c 'du /data | sort'",
    "kubectl exec kafka-0 -- tool --group 'a|b'",
    'kubectl get pvc',
    'kubectl get nodes',
  ]);
});

it('finds commands in nearly every page, all of kubectl', () => {
  const commands = runbookCommands();
  expect(new Set(commands.map(({ page }) => page)).size).toBeGreaterThan(20);
  expect(commands.filter(({ command }) => !command.startsWith('kubectl '))).toEqual([]);
});
